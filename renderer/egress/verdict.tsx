import { Check, CircleSlash2, X } from "lucide-react";
import type { EgressDecision } from "#common/domain/decision.ts";

const looks = {
  allowed: { Icon: Check, colour: "text-ok" },
  refused: { Icon: X, colour: "text-bad" },
  failed: { Icon: CircleSlash2, colour: "text-warn" },
} as const;

/** A verdict as a sign with a name. */
export function VerdictSign({ verdict, size = 12 }: { verdict: EgressDecision["verdict"]; size?: number }) {
  const { Icon, colour } = looks[verdict];
  return <Icon size={size} strokeWidth={2.5} role="img" aria-label={verdict} className={`shrink-0 ${colour}`} />;
}
