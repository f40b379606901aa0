import { useRef, useState } from "react";
import type { AutoRule } from "#common/domain/auto-rule.ts";
import { Field } from "../proposals/edit/field.tsx";
import { Button } from "../ui/button.tsx";
import { Modal } from "../ui/modal.tsx";
import { FailureNote } from "../ui/notes.tsx";
import { Segments } from "../ui/segments.tsx";
import type { RuleDraft } from "./rule-draft.ts";
import { draftOfRule, newRule, ruleOf } from "./rule-draft.ts";
import { ApproveFields, ReachFields, RejectFields } from "./rule-fields.tsx";
import { ruleSentence } from "./rule-words.ts";

const verdicts = [
  { value: "reject", label: "Reject" },
  { value: "approve", label: "Approve" },
] as const;

interface RuleDialogProps {
  /** What is edited; null: a new one. */
  rule: AutoRule | null;
  /** Names of the other rules. */
  taken: readonly string[];
  saving: boolean;
  error: Error | null;
  onClose: () => void;
  onSave: (rule: AutoRule) => void;
}

function Form({ rule, taken, saving, error, onClose, onSave }: RuleDialogProps) {
  const [draft, setDraft] = useState<RuleDraft>(rule ? draftOfRule(rule) : newRule);
  const [tried, setTried] = useState(false);
  const change = (part: Partial<RuleDraft>) => setDraft({ ...draft, ...part });
  const result = ruleOf(draft, taken);
  const problems = tried && !result.ok ? result.problems : {};
  const fields = { draft, problems, onChange: change };
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (result.ok && !saving) onSave(result.rule);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-1.5 px-5 pt-3 pb-4">
      <Field label="Name" hint="Told to the agent and written to the audit log." problem={problems.name}>
        {(field) => (
          <input {...field} value={draft.name} onChange={(event) => change({ name: event.target.value })} className="field w-full" />
        )}
      </Field>
      <div className="flex items-center gap-3 pb-1.5">
        <span className="w-[7.5rem] text-dim" aria-hidden="true">
          Verdict
        </span>
        <Segments label="Verdict" options={verdicts} value={draft.verdict} onChange={(verdict) => change({ verdict })} />
      </div>
      <ReachFields {...fields} />
      {draft.verdict === "reject" ? <RejectFields {...fields} /> : <ApproveFields {...fields} />}
      <Field label="Note" hint="What the agent is told with the decision." problem={problems.note}>
        {(field) => (
          <input {...field} value={draft.note} onChange={(event) => change({ note: event.target.value })} className="field w-full" />
        )}
      </Field>
      <p role="status" className="rounded-md border border-line bg-ground px-3 py-2 break-words">
        {result.ok ? ruleSentence(result.rule) : <span className="text-faint">What the rule does shows here once it is complete.</span>}
      </p>
      {error ? <FailureNote error={error} /> : null}
      <div className="flex items-center justify-end gap-2 pt-2">
        <label className="mr-auto flex items-center gap-2">
          <input
            type="checkbox"
            checked={draft.enabled}
            onChange={(event) => change({ enabled: event.target.checked })}
            className="accent-accent"
          />
          On: it decides from now on
        </label>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={saving}>
          {saving ? "Saving…" : "Save rule"}
        </Button>
      </div>
    </form>
  );
}

/** A rule to be made or changed, with the sentence of what it would do. */
export function RuleDialog({ open, ...form }: RuleDialogProps & { open: boolean }) {
  const first = useRef<HTMLElement>(null);
  return (
    <Modal
      open={open}
      onClose={form.onClose}
      title={form.rule ? `Rule ${form.rule.name}` : "New rule"}
      description="It sees what a proposal would do, never what the agent says about it."
      width="max-w-2xl"
      initialFocus={first}
    >
      <Form {...form} />
    </Modal>
  );
}
