import { Segments } from "../../ui/segments.tsx";
import type { EgressDraft, EgressField } from "./egress-draft.ts";
import { Field } from "./field.tsx";

const schemes = [
  { value: "none", label: "No credential" },
  { value: "Bearer", label: "Bearer" },
  { value: "token", label: "token" },
] as const;

interface EgressFieldsProps {
  draft: EgressDraft;
  problems: Partial<Record<EgressField, string>>;
  onChange: (draft: EgressDraft) => void;
  /** Whether the first field takes the focus when it appears. */
  focus?: boolean;
}

function Methods({ draft, problems, onChange }: EgressFieldsProps) {
  return (
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
            onChange={(event) => onChange({ ...draft, methods: event.target.value })}
            spellCheck={false}
            className="field data min-w-0 grow disabled:opacity-50"
          />
          <label className="flex items-center gap-2 text-dim">
            <input
              type="checkbox"
              checked={draft.anyMethod}
              onChange={(event) => onChange({ ...draft, anyMethod: event.target.checked })}
              className="accent-accent"
            />
            any method
          </label>
        </div>
      )}
    </Field>
  );
}

function Credential({ draft, problems, onChange }: EgressFieldsProps) {
  const none = draft.scheme === "none";
  return (
    <Field
      label="Credential"
      hint={none ? "Nothing is added to requests." : "The name of a secret. The agent never sees its value."}
      problem={none ? undefined : problems.tokenRef}
    >
      {(props) => (
        <div className="flex flex-wrap items-center gap-3">
          <Segments
            label="Credential scheme"
            options={schemes}
            value={draft.scheme}
            onChange={(scheme) => onChange({ ...draft, scheme })}
          />
          <input
            {...props}
            aria-label="Name of the credential"
            placeholder="GITHUB_TOKEN"
            value={draft.tokenRef}
            disabled={none}
            onChange={(event) => onChange({ ...draft, tokenRef: event.target.value })}
            spellCheck={false}
            className="field data min-w-0 grow disabled:opacity-50"
          />
        </div>
      )}
    </Field>
  );
}

/** Where requests may go, how, and with which credential. */
export function EgressFields(props: EgressFieldsProps) {
  const { draft, problems, onChange, focus = false } = props;
  return (
    <>
      <Field label="Host" hint="One exact host. No wildcard, no port." problem={problems.host}>
        {(field) => (
          <input
            {...field}
            // biome-ignore lint/a11y/noAutofocus: the operator just asked to edit
            autoFocus={focus}
            value={draft.host}
            onChange={(event) => onChange({ ...draft, host: event.target.value })}
            spellCheck={false}
            className="field data w-full"
          />
        )}
      </Field>
      <Methods {...props} />
      <Field label="Paths" hint="One prefix a line. None allows every path." problem={problems.paths}>
        {(field) => (
          <textarea
            {...field}
            rows={2}
            value={draft.paths}
            onChange={(event) => onChange({ ...draft, paths: event.target.value })}
            spellCheck={false}
            className="field data h-auto w-full resize-y py-1"
          />
        )}
      </Field>
      <Credential {...props} />
    </>
  );
}
