import { Field } from "./field.tsx";
import type { PipelockDraft, PipelockField } from "./pipelock-draft.ts";

interface PipelockFieldsProps {
  draft: PipelockDraft;
  problems: Partial<Record<PipelockField, string>>;
  onChange: (draft: PipelockDraft) => void;
}

/** What of a host's content and addresses is not refused. */
export function PipelockFields({ draft, problems, onChange }: PipelockFieldsProps) {
  return (
    <>
      <Field
        label="Content rules let pass"
        hint="Names of rules, as refusals tell them, for example generic-api-key. None: every rule refuses."
        problem={problems.findings}
      >
        {(field) => (
          <input
            {...field}
            value={draft.findings}
            onChange={(event) => onChange({ ...draft, findings: event.target.value })}
            spellCheck={false}
            className="field data w-full"
          />
        )}
      </Field>
      <Field
        label="Private addresses"
        hint="Addresses or networks of your own that the host may lead to, one a line. None: only the internet."
        problem={problems.addresses}
      >
        {(field) => (
          <textarea
            {...field}
            rows={2}
            value={draft.addresses}
            onChange={(event) => onChange({ ...draft, addresses: event.target.value })}
            spellCheck={false}
            className="field data h-auto w-full resize-y py-1"
          />
        )}
      </Field>
      <Field label="pipelock" hint="No pipelock runs in this version; the content is scanned by egress in any case." problem={undefined}>
        {(field) => (
          <label className="flex h-7.5 items-center gap-2">
            <input
              {...field}
              type="checkbox"
              checked={draft.passthrough}
              onChange={(event) => onChange({ ...draft, passthrough: event.target.checked })}
              className="accent-accent"
            />
            does not look into this host's connections
          </label>
        )}
      </Field>
    </>
  );
}
