import { OperatorError } from "#common/domain/operator-error.ts";
import { ApprovalScope } from "#common/domain/proposal.ts";

export interface SpanOptions {
  readonly for?: string;
  readonly requests?: string;
  readonly forGood?: boolean;
  readonly writeBack?: boolean;
}

const MINUTES: Readonly<Record<string, number>> = { m: 1, min: 1, h: 60, d: 24 * 60 };

/** Minutes of `30m`, `2h` or `1d`. */
export function parseMinutes(text: string): number {
  const [, count, unit] = /^(\d{1,6})\s*(m|min|h|d)$/.exec(text.trim()) ?? [];
  const minutes = Number(count) * (MINUTES[unit ?? ""] ?? Number.NaN);
  if (Number.isInteger(minutes) && minutes > 0) return minutes;
  throw new OperatorError("bad-input", { message: `${text} is no span of time`, hint: "Write it as 30m, 2h or 1d" });
}

/** How long an approval is to hold; null where the operator did not say. */
export function scopeOf({ for: time, requests, forGood, writeBack }: SpanOptions): ApprovalScope | null {
  const good = forGood === true || writeBack === true;
  const given = [time !== undefined, requests !== undefined, good].filter(Boolean).length;
  if (given > 1) throw new OperatorError("bad-input", { message: "An approval has one span: --for, --requests, or --for-good" });
  if (good) return { kind: "for-good" };
  if (time !== undefined) return checked({ kind: "minutes", minutes: parseMinutes(time) });
  return requests === undefined ? null : checked({ kind: "requests", requests: Number(requests) });
}

/** As the options name it, for a list. */
export function spanText(scope: ApprovalScope): string {
  switch (scope.kind) {
    case "bottle":
      return "until the bottle ends";
    case "for-good":
      return "for good";
    case "minutes":
      return `${scope.minutes} min`;
    case "requests":
      return scope.requests === 1 ? "1 request" : `${scope.requests} requests`;
  }
}

function checked(scope: ApprovalScope): ApprovalScope {
  const parsed = ApprovalScope.safeParse(scope);
  if (parsed.success) return parsed.data;
  throw new OperatorError("bad-input", {
    message:
      scope.kind === "minutes" ? "An approval holds for seven days at most" : "An approval takes a whole number of requests, 10000 at most",
    hint: "Approve it until the bottle ends instead",
  });
}
