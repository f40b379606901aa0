import type { ReactNode } from "react";
import { useId } from "react";
import { Segments } from "../ui/segments.tsx";
import type { DraftField, EditDraft } from "./edit-draft.ts";

const schemes = [
  { value: "none", label: "No credential" },
  { value: "Bearer", label: "Bearer" },
  { value: "token", label: "token" },
] as const;

interface FieldProps {
  label: string;
  hint?: string;
  problem: string | undefined;
  children: (props: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ReactNode;
}

function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId();
  return (
    <div className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3">
      <label htmlFor={id} className="pt-1.5 text-dim">
        {label}
      </label>
      <div>
        {children({ id, "aria-describedby": `${id}-note`, "aria-invalid": problem !== undefined })}
        <p id={`${id}-note`} className={`min-h-4.5 pt-0.5 text-sm ${problem ? "text-bad" : "text-faint"}`}>
          {problem ?? hint}
        </p>
      </div>
    </div>
  );
}

interface EditFormProps {
  draft: EditDraft;
  problems: Partial<Record<DraftField, string>>;
  onChange: (draft: EditDraft) => void;
}

/** The agent's request as the operator would rather have it; everything computed follows it. */
export function EditForm({ draft, problems, onChange }: EditFormProps) {
  const set = (change: Partial<EditDraft>) => onChange({ ...draft, ...change });
  return (
    <form
      aria-label="Edit the request"
      onSubmit={(event) => event.preventDefault()}
      // Out of the fields, where the single keys decide.
      onKeyDown={(event) => event.key === "Escape" && event.target instanceof HTMLElement && event.target.blur()}
      className="flex flex-col gap-1 border-b border-line bg-raised px-3 pt-3 pb-1"
    >
      <Field label="Host" hint="One exact host. No wildcard, no port." problem={problems.host}>
        {(props) => (
          <input
            {...props}
            // biome-ignore lint/a11y/noAutofocus: the operator just asked to edit
            autoFocus
            value={draft.host}
            onChange={(event) => set({ host: event.target.value })}
            spellCheck={false}
            className="field data w-full"
          />
        )}
      </Field>
      <Field
        label="Methods"
        hint={draft.anyMethod ? "Every method passes, also those that send data." : "For example GET HEAD."}
        problem={problems.methods}
      >
        {(props) => (
          <div className="flex items-center gap-3">
            <input
              {...props}
              value={draft.anyMethod ? "" : draft.methods}
              disabled={draft.anyMethod}
              onChange={(event) => set({ methods: event.target.value })}
              spellCheck={false}
              className="field data min-w-0 grow disabled:opacity-50"
            />
            <label className="flex items-center gap-2 text-dim">
              <input
                type="checkbox"
                checked={draft.anyMethod}
                onChange={(event) => set({ anyMethod: event.target.checked })}
                className="accent-accent"
              />
              any method
            </label>
          </div>
        )}
      </Field>
      <Field label="Paths" hint="One prefix a line. None allows every path." problem={problems.paths}>
        {(props) => (
          <textarea
            {...props}
            rows={2}
            value={draft.paths}
            onChange={(event) => set({ paths: event.target.value })}
            spellCheck={false}
            className="field data h-auto w-full resize-y py-1"
          />
        )}
      </Field>
      <Field
        label="Credential"
        hint={draft.scheme === "none" ? "Nothing is added to requests." : "The name of a secret. The agent never sees its value."}
        problem={draft.scheme === "none" ? undefined : problems.tokenRef}
      >
        {(props) => (
          <div className="flex flex-wrap items-center gap-3">
            <Segments label="Credential scheme" options={schemes} value={draft.scheme} onChange={(scheme) => set({ scheme })} />
            <input
              {...props}
              aria-label="Name of the credential"
              placeholder="GITHUB_TOKEN"
              value={draft.tokenRef}
              disabled={draft.scheme === "none"}
              onChange={(event) => set({ tokenRef: event.target.value })}
              spellCheck={false}
              className="field data min-w-0 grow disabled:opacity-50"
            />
          </div>
        )}
      </Field>
    </form>
  );
}
