import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { useState } from "react";
import type { ApprovalScope } from "#common/domain/proposal.ts";
import { Kbd } from "../ui/kbd.tsx";
import type { ScopeKind } from "./scopes.ts";
import { countedScope, scopeChoices, scopeLimits, scopeOf } from "./scopes.ts";

interface CountProps {
  scope: Extract<ApprovalScope, { kind: "minutes" | "requests" }>;
  onScope: (scope: ApprovalScope) => void;
}

/** How many; what is no number stays in the field and changes nothing. */
function Count({ scope, onScope }: CountProps) {
  const count = scope.kind === "minutes" ? scope.minutes : scope.requests;
  const [typed, setTyped] = useState(String(count));
  const wrong = countedScope(scope.kind, typed) === null;
  const type = (text: string) => {
    setTyped(text);
    const next = countedScope(scope.kind, text);
    if (next) onScope(next);
  };
  return (
    <label className="flex items-center gap-1.5 text-dim">
      <input
        inputMode="numeric"
        aria-label={scope.kind === "minutes" ? "Minutes" : "Requests"}
        aria-invalid={wrong}
        value={typed}
        onChange={(event) => type(event.target.value)}
        onBlur={() => setTyped(String(count))}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        className="field data w-16 aria-invalid:border-bad"
      />
      {scope.kind}
      {wrong ? <span className="text-sm text-bad">1 to {scopeLimits[scope.kind]}</span> : null}
    </label>
  );
}

interface ScopeChoiceProps {
  offered: readonly ScopeKind[];
  scope: ApprovalScope;
  onScope: (scope: ApprovalScope) => void;
}

/** How long an approval holds; everything computed follows it. */
export function ScopeChoice({ offered, scope, onScope }: ScopeChoiceProps) {
  return (
    <div className="flex flex-wrap items-center gap-2.5">
      <RadioGroup
        aria-label="How long it holds"
        value={scope.kind}
        onValueChange={(kind) => onScope(scopeOf(kind as ScopeKind))}
        className="inline-flex h-7.5 items-center rounded-md border border-line bg-raised p-0.5"
      >
        {scopeChoices
          .filter(({ kind }) => offered.includes(kind))
          .map(({ kind, label, hotkey }) => (
            <Radio.Root
              key={kind}
              value={kind}
              aria-label={label}
              aria-keyshortcuts={hotkey}
              className="inline-flex h-full items-center gap-1.5 rounded-sm px-2 text-dim select-none hover:text-text data-checked:bg-selected data-checked:text-text data-checked:shadow-[inset_0_0_0_1px_var(--edge)]"
            >
              {label}
              <Kbd>{hotkey}</Kbd>
            </Radio.Root>
          ))}
      </RadioGroup>
      {scope.kind === "minutes" || scope.kind === "requests" ? <Count key={scope.kind} scope={scope} onScope={onScope} /> : null}
    </div>
  );
}
