import type { ApprovalScope } from "#common/domain/proposal.ts";

export type ScopeKind = ApprovalScope["kind"];

/** How long an approval can hold, in the order it is offered and with the key that chooses it. */
export const scopeChoices = [
  { kind: "bottle", label: "This bottle", hotkey: "1" },
  { kind: "minutes", label: "For minutes", hotkey: "2" },
  { kind: "requests", label: "For requests", hotkey: "3" },
  { kind: "for-good", label: "For good", hotkey: "4" },
] as const;

/** A scope of this kind before the operator says a number. */
export function scopeOf(kind: ScopeKind): ApprovalScope {
  if (kind === "minutes") return { kind, minutes: 15 };
  return kind === "requests" ? { kind, requests: 10 } : { kind };
}

/** Up to a week, up to ten thousand requests. */
export const scopeLimits = { minutes: 7 * 24 * 60, requests: 10_000 } as const;

/** What the number of a scope becomes as it is typed; null while it is no number that can be. */
export function countedScope(kind: "minutes" | "requests", typed: string): ApprovalScope | null {
  const count = Number(typed);
  if (!/^\d+$/.test(typed.trim()) || count < 1 || count > scopeLimits[kind]) return null;
  return kind === "minutes" ? { kind, minutes: count } : { kind, requests: count };
}

/** What approving means for as long as it holds. */
export function scopeSentence(scope: ApprovalScope): string {
  switch (scope.kind) {
    case "for-good":
      return "Holds for good: also after the bottle is resumed.";
    case "bottle":
      return "Holds until this bottle ends.";
    case "minutes":
      return `Ends by itself ${scope.minutes === 1 ? "a minute" : `${scope.minutes} minutes`} after the approval.`;
    case "requests":
      return `Ends by itself after ${scope.requests === 1 ? "one request" : `${scope.requests} requests`}.`;
  }
}
