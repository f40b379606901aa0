import { Check, CircleSlash2, X } from "lucide-react";
import type { EgressDecision } from "#common/domain/decision.ts";

const signs = { allowed: Check, refused: X, failed: CircleSlash2 } as const;

export const verdictColours: Record<EgressDecision["verdict"], string> = { allowed: "text-ok", refused: "text-bad", failed: "text-warn" };

/** A verdict as a sign with a name. */
export function VerdictSign({ verdict, size = 12 }: { verdict: EgressDecision["verdict"]; size?: number }) {
  const Sign = signs[verdict];
  return <Sign size={size} strokeWidth={2.5} role="img" aria-label={verdict} className={`shrink-0 ${verdictColours[verdict]}`} />;
}
