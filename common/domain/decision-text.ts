import type { EgressDecision } from "./decision.ts";

/** What the words of a filter are looked for in: the same for what a window holds and for the whole archive (EGR-7). */
export function decisionText({ method, host, path, rule, reason, status, tokenRef, finding }: EgressDecision): string {
  return `${method} ${host}${path} ${rule} ${reason} ${status ?? ""} ${tokenRef ?? ""} ${finding?.rule ?? ""}`.toLowerCase();
}

/** The words of a filter, all of which must be there. */
export function filterWords(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}
