import { Plus } from "lucide-react";
import { useState } from "react";
import type { AutoRule } from "#common/domain/auto-rule.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { Page } from "../ui/page.tsx";
import { RuleDialog } from "./rule-dialog.tsx";
import { moved, replaced } from "./rule-order.ts";
import { RuleRow } from "./rule-row.tsx";
import { useRules } from "./use-rules.ts";

type Shown = { name: "edit"; rule: AutoRule | null } | { name: "remove"; rule: AutoRule } | null;

function NoRules({ onNew }: { onNew: () => void }) {
  return (
    <EmptyState
      title="Every proposal waits for you"
      actions={
        <Button variant="primary" onClick={onNew}>
          New rule…
        </Button>
      }
    >
      <p>
        A rule decides in your place: it can reject what you never allow, for example any route to a paste service, or approve something
        narrow, for example GET on one package registry for one bottle.
      </p>
      <p className="pt-3">
        Rules are off until you turn them on, see only what would change, never what the agent says about it, and every decision of one is
        written to the audit log with the rule's name.
      </p>
    </EmptyState>
  );
}

function RuleList({
  rules,
  saving,
  save,
  onShow,
}: {
  rules: readonly AutoRule[];
  saving: boolean;
  save: (rules: AutoRule[]) => void;
  onShow: (shown: Shown) => void;
}) {
  return (
    <ol aria-label="Rules" className="border-b border-line">
      {rules.map((rule, index) => (
        <RuleRow
          key={rule.name}
          rule={rule}
          place={index + 1}
          last={index === rules.length - 1}
          saving={saving}
          onEnabled={(enabled) => save(replaced(rules, rule.name, { ...rule, enabled }))}
          onMove={(by) => save(moved(rules, index, by))}
          onEdit={() => onShow({ name: "edit", rule })}
          onRemove={() => onShow({ name: "remove", rule })}
        />
      ))}
    </ol>
  );
}

/** Auto-decision rules: off by default, visible, tried in order. */
export function RulesView() {
  const { rules, error, save, saving, saveError } = useRules();
  const [shown, setShown] = useState<Shown>(null);
  const close = () => setShown(null);
  const list = rules ?? [];
  const edited = shown?.name === "edit" ? shown.rule : null;
  const others = list.filter(({ name }) => name !== edited?.name).map(({ name }) => name);
  return (
    <Page
      title="Rules"
      aside={
        list.length > 0 ? (
          <Button
            icon={<Plus size={14} aria-hidden="true" />}
            aria-haspopup="dialog"
            onClick={() => setShown({ name: "edit", rule: null })}
          >
            New rule…
          </Button>
        ) : null
      }
    >
      {error ? <FailureNote error={error} /> : null}
      {saveError && shown === null ? (
        <div className="p-4">
          <FailureNote error={saveError} />
        </div>
      ) : null}
      {rules && list.length === 0 ? <NoRules onNew={() => setShown({ name: "edit", rule: null })} /> : null}
      {list.length > 0 ? (
        <>
          <p className="px-4 py-2.5 text-sm text-faint">
            Tried from the top; the first that matches decides. What none matches waits in the inbox.
          </p>
          <RuleList rules={list} saving={saving} save={save} onShow={setShown} />
        </>
      ) : null}
      <RuleDialog
        key={edited?.name ?? "new"}
        open={shown?.name === "edit"}
        rule={edited}
        taken={others}
        saving={saving}
        error={saveError}
        onClose={close}
        onSave={(rule) => save(edited ? replaced(list, edited.name, rule) : [...list, rule], close)}
      />
      <ConfirmDialog
        open={shown?.name === "remove"}
        onClose={close}
        title={shown?.name === "remove" ? `Remove the rule ${shown.rule.name}?` : ""}
        consequence="What it would have decided waits for you from now on. Its past decisions stay in the audit log."
        error={saveError}
        keep="Keep it"
        action={
          <Button
            variant="danger"
            disabled={saving}
            onClick={() =>
              shown?.name === "remove" &&
              save(
                list.filter(({ name }) => name !== shown.rule.name),
                close,
              )
            }
          >
            Remove rule
          </Button>
        }
      />
    </Page>
  );
}
