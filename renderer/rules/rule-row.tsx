import { Switch } from "@base-ui/react/switch";
import { ArrowDown, ArrowUp, Pencil, Trash2 } from "lucide-react";
import type { AutoRule } from "#common/domain/auto-rule.ts";
import { IconButton } from "../ui/button.tsx";
import { InertText } from "../ui/inert-text.tsx";
import { Tag } from "../ui/tag.tsx";
import { ruleSentence } from "./rule-words.ts";

interface RuleRowProps {
  rule: AutoRule;
  place: number;
  last: boolean;
  saving: boolean;
  onEnabled: (enabled: boolean) => void;
  onMove: (by: number) => void;
  onEdit: () => void;
  onRemove: () => void;
}

function OnOff({ rule, saving, onEnabled }: Pick<RuleRowProps, "rule" | "saving" | "onEnabled">) {
  return (
    <Switch.Root
      aria-label={`${rule.name}: on`}
      checked={rule.enabled}
      disabled={saving}
      onCheckedChange={onEnabled}
      className="mt-0.5 inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-edge bg-ground p-0.5 data-checked:border-accent data-checked:bg-accent"
    >
      <Switch.Thumb className="size-3.5 rounded-full bg-dim transition-transform data-checked:translate-x-4 data-checked:bg-on-accent" />
    </Switch.Root>
  );
}

/** A rule as a sentence, with its place in the order. */
export function RuleRow({ rule, place, last, saving, onEnabled, onMove, onEdit, onRemove }: RuleRowProps) {
  return (
    <li className="flex items-start gap-3 border-b border-line px-4 py-3 last:border-b-0">
      <span className="data w-5 shrink-0 pt-0.5 text-right text-faint">{place}</span>
      <OnOff rule={rule} saving={saving} onEnabled={onEnabled} />
      <div className={`min-w-0 grow ${rule.enabled ? "" : "text-dim"}`}>
        <p className="flex flex-wrap items-center gap-2">
          <b className="font-medium break-words">
            <InertText text={rule.name} />
          </b>
          <Tag tone={rule.verdict === "approve" ? "ok" : "bad"}>{rule.verdict === "approve" ? "approves" : "rejects"}</Tag>
          {rule.enabled ? null : <Tag>off</Tag>}
        </p>
        <p className="break-words">{ruleSentence(rule)}</p>
        {rule.note === "" ? null : (
          <p className="text-sm break-words text-faint">
            The agent is told: <InertText text={rule.note} />
          </p>
        )}
      </div>
      <div className="flex shrink-0">
        <IconButton label={`Try ${rule.name} earlier`} aria-disabled={place === 1 || saving} onClick={() => onMove(-1)}>
          <ArrowUp size={14} aria-hidden="true" />
        </IconButton>
        <IconButton label={`Try ${rule.name} later`} aria-disabled={last || saving} onClick={() => onMove(1)}>
          <ArrowDown size={14} aria-hidden="true" />
        </IconButton>
        <IconButton label={`Edit ${rule.name}`} aria-haspopup="dialog" onClick={onEdit}>
          <Pencil size={14} aria-hidden="true" />
        </IconButton>
        <IconButton label={`Remove ${rule.name}`} aria-haspopup="dialog" onClick={onRemove}>
          <Trash2 size={14} aria-hidden="true" />
        </IconButton>
      </div>
    </li>
  );
}
