import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ManifestFile } from "#common/ipc/manifest-methods.ts";
import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";

interface DeleteDialogProps {
  /** Null shows nothing. */
  manifest: ManifestFile | null;
  onClose: () => void;
  onDeleted: () => void;
}

function Dependants({ manifest }: { manifest: ManifestFile }) {
  const { bottles, agents } = manifest.usedBy;
  return (
    <Note tone="warn" title={`${manifest.name} is still needed.`}>
      {agents.length > 0 ? <p>Agents in it: {agents.join(", ")}.</p> : null}
      {bottles.length > 0 ? <p>Bottles that extend it: {bottles.join(", ")}.</p> : null}
      <p>Give them another bottle first.</p>
    </Note>
  );
}

function Question({ manifest, onClose, onDeleted }: { manifest: ManifestFile; onClose: () => void; onDeleted: () => void }) {
  const { kind, name, workspace } = manifest;
  const read = useAction("manifests.read");
  const remove = useAction("manifests.delete");
  const busy = read.isPending || remove.isPending;
  const error = read.error ?? remove.error;
  const needed = manifest.usedBy.bottles.length + manifest.usedBy.agents.length > 0;
  const run = () => {
    const done = () => {
      onClose();
      onDeleted();
    };
    const ref = { kind, name, workspace };
    read.mutate(ref, { onSuccess: ({ digest }) => remove.mutate({ ...ref, digest }, { onSuccess: done }) });
  };
  return (
    <>
      <AlertDialog.Title className="text-lg font-semibold">
        Delete the {kind} {name}?
      </AlertDialog.Title>
      <AlertDialog.Description className="mt-1 mb-3 text-dim">
        <span className="data block break-all">{manifest.file}</span>
        is removed from disk. Bottles that run keep running.
      </AlertDialog.Description>
      {needed ? <Dependants manifest={manifest} /> : null}
      {error ? <FailureNote error={error} /> : null}
      <div className="mt-4 flex justify-end gap-2">
        <AlertDialog.Close render={<Button />}>Keep it</AlertDialog.Close>
        <Button variant="danger" disabled={needed || busy} onClick={run}>
          {busy ? "Deleting…" : "Delete file"}
        </Button>
      </div>
    </>
  );
}

/** Asked before a file goes; says who depends on it. */
export function DeleteDialog({ manifest, onClose, onDeleted }: DeleteDialogProps) {
  return (
    <AlertDialog.Root open={manifest !== null} onOpenChange={(next) => (next ? undefined : onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 bg-backdrop" />
        <AlertDialog.Viewport className="fixed inset-0 flex items-start justify-center px-4 py-[18vh]">
          <AlertDialog.Popup className="w-full max-w-md rounded-lg border border-line bg-panel p-5 shadow-float outline-none">
            {manifest ? <Question manifest={manifest} onClose={onClose} onDeleted={onDeleted} /> : null}
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
