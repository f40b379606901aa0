import { lazy, Suspense } from "react";
import { FailureNote } from "../../ui/notes.tsx";
import type { DraftProblems, EditDraft } from "./edit-draft.ts";
import { EgressFields } from "./egress-fields.tsx";
import { Field } from "./field.tsx";
import { PipelockFields } from "./pipelock-fields.tsx";

const DockerfilePane = lazy(() => import("./dockerfile-pane.tsx"));

interface EditFormProps {
  draft: EditDraft;
  problems: DraftProblems;
  onChange: (draft: EditDraft) => void;
}

function Fields({ draft, problems, onChange }: EditFormProps) {
  switch (draft.kind) {
    case "egress-route":
      return <EgressFields draft={draft} problems={problems} onChange={onChange} focus />;
    case "pipelock":
      return (
        <>
          <Field label="Host" hint="A host that has a route." problem={problems.host}>
            {(field) => (
              <input
                {...field}
                // biome-ignore lint/a11y/noAutofocus: the operator just asked to edit
                autoFocus
                value={draft.host}
                onChange={(event) => onChange({ ...draft, host: event.target.value })}
                spellCheck={false}
                className="field data w-full"
              />
            )}
          </Field>
          <PipelockFields draft={draft} problems={problems} onChange={onChange} />
        </>
      );
    case "capability":
      return (
        <Suspense fallback={<div aria-busy="true" className="h-48" />}>
          <DockerfilePane
            text={draft.dockerfile}
            problem={problems.dockerfile}
            onType={(dockerfile) => onChange({ kind: "capability", dockerfile })}
          />
        </Suspense>
      );
  }
}

/** The agent's request as the operator would rather have it; everything computed follows it. */
export function EditForm({ error, ...props }: EditFormProps & { error: Error | null }) {
  return (
    <form
      aria-label="Edit the request"
      onSubmit={(event) => event.preventDefault()}
      // Out of the fields, where the single keys decide.
      onKeyDown={(event) => event.key === "Escape" && event.target instanceof HTMLElement && event.target.blur()}
      className="flex flex-col gap-1 border-b border-line bg-raised px-3 pt-3 pb-1"
    >
      <Fields {...props} />
      {error ? (
        <div className="pb-2">
          <FailureNote error={error} />
        </div>
      ) : null}
    </form>
  );
}
