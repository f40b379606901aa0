import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { useId, useRef, useState } from "react";
import type { ManifestKind, ManifestTemplate } from "#common/ipc/manifest-methods.ts";
import { go, manifestView } from "../app/location.ts";
import { useAction, useCall } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { Modal } from "../ui/modal.tsx";
import { FailureNote } from "../ui/notes.tsx";
import { freeName, nameFault, templatesOf } from "./new-manifest.ts";
import { useManifestFiles } from "./use-manifests.ts";

interface NewManifestDialogProps {
  open: boolean;
  kind: ManifestKind;
  /** The file whose text the new one starts with; a template is chosen otherwise. */
  copyOf?: { name: string; source: string };
  onClose: () => void;
}

function TemplateChoice({
  templates,
  chosen,
  onChange,
}: {
  templates: ManifestTemplate[];
  chosen: string;
  onChange: (id: string) => void;
}) {
  return (
    <RadioGroup
      aria-label="Template"
      value={chosen}
      onValueChange={(id) => onChange(String(id))}
      className="flex max-h-72 flex-col gap-1 overflow-y-auto rounded-lg border border-line bg-ground p-1"
    >
      {templates.map((template) => (
        <Radio.Root
          key={template.id}
          value={template.id}
          aria-label={template.title}
          className="group flex items-start gap-2.5 rounded-md px-2.5 py-2 text-left hover:bg-raised data-checked:bg-selected"
        >
          <span className="mt-1 flex size-3 shrink-0 items-center justify-center rounded-full border border-edge group-data-checked:border-accent">
            <Radio.Indicator className="size-1.5 rounded-full bg-accent" />
          </span>
          <span className="min-w-0">
            <span className="block font-medium">{template.title}</span>
            <span className="block text-sm text-dim">{template.description}</span>
          </span>
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}

function Fields({
  kind,
  copyOf,
  onClose,
  input,
}: Omit<NewManifestDialogProps, "open"> & { input: React.RefObject<HTMLInputElement | null> }) {
  const { files } = useManifestFiles(null);
  const { data, error } = useCall("manifests.templates", {});
  const save = useAction("manifests.save");
  const templates = templatesOf(data ?? [], kind);
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const template = templates.find(({ id }) => id === chosen) ?? templates[0];
  const name = typed ?? (copyOf ? freeName(`${copyOf.name}-copy`, kind, files) : (template?.suggestedName ?? ""));
  const source = copyOf?.source ?? template?.source;
  const fault = nameFault(name, kind, files);
  const id = useId();
  const create = (event: React.FormEvent) => {
    event.preventDefault();
    if (fault !== null || source === undefined || save.isPending) return;
    const opened = () => {
      onClose();
      go(manifestView(kind, name));
    };
    save.mutate({ kind, name, workspace: null, source, digest: null }, { onSuccess: opened });
  };
  return (
    <form onSubmit={create} className="flex flex-col gap-3.5 px-5 pt-3 pb-5">
      {copyOf ? null : <TemplateChoice templates={templates} chosen={template?.id ?? ""} onChange={setChosen} />}
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-dim">
          Name
        </label>
        <input
          id={id}
          ref={input}
          value={name}
          onChange={(event) => setTyped(event.target.value)}
          onFocus={(event) => event.currentTarget.select()}
          aria-describedby={`${id}-note`}
          aria-invalid={fault !== null}
          spellCheck={false}
          autoComplete="off"
          className="field data w-full"
        />
        <p id={`${id}-note`} role="status" className={`min-h-4.5 text-sm ${fault ? "text-bad" : "text-faint"}`}>
          {fault ?? `Becomes ${kind}s/${name}.md in the home. It can be changed at once; nothing starts.`}
        </p>
      </div>
      {(save.error ?? error) ? <FailureNote error={save.error ?? error} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          hotkey="Enter"
          disabled={fault !== null || source === undefined || save.isPending}
          aria-describedby={`${id}-note`}
        >
          {save.isPending ? "Creating…" : `Create ${kind}`}
        </Button>
      </div>
    </form>
  );
}

const teaching: Record<ManifestKind, string> = {
  bottle: "A bottle says what may be done in it: which agent program, which hosts, whose credentials.",
  agent: "An agent says who works: the bottle it gets, its skills, and its system prompt.",
};

/** A new file, from a template or from another file. */
export function NewManifestDialog({ open, kind, copyOf, onClose }: NewManifestDialogProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={copyOf ? `Duplicate ${copyOf.name}` : `New ${kind}`}
      description={copyOf ? "The new file starts with the same text, unsaved changes included." : teaching[kind]}
      initialFocus={input}
    >
      <Fields kind={kind} onClose={onClose} input={input} {...(copyOf ? { copyOf } : {})} />
    </Modal>
  );
}
