import type { NumberedEvent } from "#common/wire/control.ts";

/** Proposals that were filed and not decided, as far as these events tell. */
export function countPending(events: readonly NumberedEvent[]): number {
  const pending = new Set<string>();
  for (const { event } of events) {
    if (event.type === "proposal-filed") pending.add(event.proposal.id);
    if (event.type === "proposal-decided") pending.delete(event.proposalId);
  }
  return pending.size;
}
