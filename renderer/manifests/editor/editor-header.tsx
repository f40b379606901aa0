import { ChevronRight, Play, Save } from "lucide-react";
import { useState } from "react";
import type { ManifestFile } from "#common/ipc/manifest-methods.ts";
import { go, hrefOf } from "../../app/location.ts";
import { useOverlays } from "../../app/overlays.tsx";
import { Button } from "../../ui/button.tsx";
import { modKey } from "../../ui/platform.ts";
import { Shape } from "../../ui/shape.tsx";
import { Tag } from "../../ui/tag.tsx";
import { DeleteDialog } from "../delete-dialog.tsx";
import { ManifestMenu } from "../manifest-menu.tsx";
import { NewManifestDialog } from "../new-manifest-dialog.tsx";
import { Relations } from "../relations.tsx";
import type { DraftState, ManifestDraft } from "./draft.ts";

interface EditorHeaderProps {
  draft: ManifestDraft;
  state: DraftState;
  dirty: boolean;
  listed: ManifestFile | undefined;
  onSave: () => void;
  onRemoved: () => void;
}

function SaveState({ state, dirty }: { state: DraftState; dirty: boolean }) {
  const words = state.saving ? "saving…" : !state.saved.writable ? "read only" : dirty ? "unsaved" : "saved";
  return (
    <span role="status" aria-label="File" className="flex w-20 shrink-0 items-center gap-1.5 text-sm text-dim">
      <Shape status={state.saving ? "starting" : dirty ? "needs-you" : "stopped"} size={8} />
      {words}
    </span>
  );
}

/** Which file is open, how it stands with others and with the disk, and what can be done with it. */
export function EditorHeader({ draft, state, dirty, listed, onSave, onRemoved }: EditorHeaderProps) {
  const { show } = useOverlays();
  const [dialog, setDialog] = useState<"none" | "duplicate" | "delete">("none");
  // A workspace's agents are started from the dialog, once the workspace is chosen there.
  const { kind, name, workspace, writable } = state.saved;
  const close = () => setDialog("none");
  return (
    <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-2.5 gap-y-1 border-b border-line px-4 py-1.5 min-[1180px]:flex-nowrap">
      <nav aria-label="Breadcrumb" className="flex shrink-0 items-center gap-1">
        <a href={hrefOf({ name: "manifests" })} className="rounded-sm text-dim underline-offset-2 hover:text-text hover:underline">
          All manifests
        </a>
        <ChevronRight size={13} aria-hidden="true" className="text-faint" />
      </nav>
      <h1 className="truncate text-lg font-semibold">
        {name} <span className="sr-only">, {kind}</span>
      </h1>
      <Tag>{kind}</Tag>
      <SaveState state={state} dirty={dirty} />
      <div className="order-last min-w-0 basis-full overflow-hidden px-0.5 empty:hidden min-[1180px]:order-none min-[1180px]:basis-auto">
        {listed ? <Relations manifest={listed} /> : null}
      </div>
      <div className="ml-auto flex shrink-0 items-center gap-2">
        {kind === "agent" && workspace === null ? (
          <Button
            icon={<Play size={13} aria-hidden="true" />}
            title={dirty ? "Starts what is on disk, without the unsaved changes" : undefined}
            onClick={() => show({ name: "start", agent: name })}
          >
            Start…
          </Button>
        ) : null}
        <Button disabled={!dirty || state.gone} onClick={() => draft.discard()}>
          Discard
        </Button>
        <Button
          variant="primary"
          icon={<Save size={13} aria-hidden="true" />}
          hotkey={`${modKey}S`}
          disabled={!dirty || !writable || state.saving || state.conflict !== null}
          onClick={onSave}
        >
          Save
        </Button>
        <ManifestMenu name={name} writable={writable} onDuplicate={() => setDialog("duplicate")} onDelete={() => setDialog("delete")} />
      </div>
      <NewManifestDialog open={dialog === "duplicate"} kind={kind} copyOf={{ name, source: state.source }} onClose={close} />
      <DeleteDialog
        manifest={dialog === "delete" ? (listed ?? null) : null}
        onClose={close}
        onDeleted={() => {
          draft.discard();
          onRemoved();
          setTimeout(() => go({ name: "manifests" }));
        }}
      />
    </header>
  );
}
