import { useManifests } from "../manifests/use-manifests.ts";
import { Field } from "../proposals/edit/field.tsx";
import { scopeChoices } from "../proposals/scopes.ts";
import { toolWords } from "../proposals/words.ts";
import type { RuleDraft, RuleField } from "./rule-draft.ts";

export interface RuleFieldsProps {
  draft: RuleDraft;
  problems: Partial<Record<RuleField, string>>;
  onChange: (change: Partial<RuleDraft>) => void;
}

const tools = ["egress-block", "pipelock-block", "capability-block", "deploy-apply"] as const;

/** What a rule that refuses looks at: the kind of proposal. */
export function RejectFields({ draft, onChange }: RuleFieldsProps) {
  const toggle = (tool: (typeof tools)[number], on: boolean) =>
    onChange({ tools: on ? [...draft.tools, tool] : draft.tools.filter((each) => each !== tool) });
  return (
    <fieldset className="grid grid-cols-[7.5rem_minmax(0,1fr)] gap-x-3">
      <legend className="sr-only">Kinds of proposals</legend>
      <span className="pt-1 text-dim" aria-hidden="true">
        Kinds
      </span>
      <div className="pb-1">
        <div className="flex flex-wrap gap-x-4 gap-y-1 pt-1">
          {tools.map((tool) => (
            <label key={tool} className="flex items-center gap-1.5">
              <input
                type="checkbox"
                checked={draft.tools.includes(tool)}
                onChange={(event) => toggle(tool, event.target.checked)}
                className="accent-accent"
              />
              {toolWords[tool]}
            </label>
          ))}
        </div>
        <p className="min-h-4.5 pt-0.5 text-sm text-faint">None ticked: every kind.</p>
      </div>
    </fieldset>
  );
}

/** What a rule that opens something must be narrow in. */
export function ApproveFields({ draft, problems, onChange }: RuleFieldsProps) {
  const counted = draft.scope === "minutes" || draft.scope === "requests";
  return (
    <>
      <Field label="Methods" hint="Only a request for some of these, and for no others, matches." problem={problems.methods}>
        {(field) => (
          <input
            {...field}
            value={draft.methods}
            onChange={(event) => onChange({ methods: event.target.value })}
            spellCheck={false}
            className="field data w-full"
          />
        )}
      </Field>
      <Field label="Holds" hint="How long each approval holds." problem={counted ? problems.count : undefined}>
        {(field) => (
          <div className="flex items-center gap-2">
            <select
              {...field}
              value={draft.scope}
              onChange={(event) => onChange({ scope: event.target.value as RuleDraft["scope"] })}
              className="field"
            >
              {scopeChoices.map(({ kind, label }) => (
                <option key={kind} value={kind}>
                  {label}
                </option>
              ))}
            </select>
            {counted ? (
              <input
                aria-label={draft.scope === "minutes" ? "Minutes" : "Requests"}
                aria-invalid={problems.count !== undefined}
                inputMode="numeric"
                value={draft.count}
                onChange={(event) => onChange({ count: event.target.value })}
                className="field data w-20"
              />
            ) : null}
          </div>
        )}
      </Field>
    </>
  );
}

/** Whose proposals, and for which hosts. */
export function ReachFields({ draft, problems, onChange }: RuleFieldsProps) {
  const { data } = useManifests(null);
  const names = data?.bottles.map(({ name }) => name) ?? [];
  const known = draft.bottle === "" || names.includes(draft.bottle) ? names : [draft.bottle, ...names];
  return (
    <>
      <Field
        label="Bottle"
        hint={draft.verdict === "approve" ? "By its manifest's name: one bottle." : "By its manifest's name."}
        problem={problems.bottle}
      >
        {(field) => (
          <select {...field} value={draft.bottle} onChange={(event) => onChange({ bottle: event.target.value })} className="field w-full">
            <option value="">{draft.verdict === "approve" ? "choose one" : "every bottle"}</option>
            {known.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label="Hosts"
        hint={`One a line; *.example.org means every name below it.${draft.verdict === "reject" ? " None: any host." : ""}`}
        problem={problems.hosts}
      >
        {(field) => (
          <textarea
            {...field}
            rows={3}
            value={draft.hosts}
            onChange={(event) => onChange({ hosts: event.target.value })}
            spellCheck={false}
            className="field data h-auto w-full resize-y py-1"
          />
        )}
      </Field>
    </>
  );
}
