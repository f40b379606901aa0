import type { EgressDecision } from "#common/domain/decision.ts";
import type { MethodOutput } from "#common/ipc/contract.ts";
import type { NumberedEvent } from "#common/wire/control.ts";

type RouteCount = MethodOutput<"routes.get">["counts"][number];

export interface NumberedDecision {
  readonly seq: number;
  readonly decision: EgressDecision;
}

const MAX_HOSTS = 2000;

/** Running totals over one bottle's decisions; each event counts once, however often it is offered. */
export class Traffic {
  readonly #counts = new Map<string, RouteCount>();
  #seq = 0;
  allowed = 0;
  refused = 0;
  lastRefusal: { time: string; text: string } | null = null;

  /** Returns the decisions that were new. */
  add(events: readonly NumberedEvent[]): NumberedDecision[] {
    const fresh = decisionsOf(events.filter(({ seq }) => seq > this.#seq));
    for (const { decision } of fresh) this.#count(decision);
    this.#seq = Math.max(this.#seq, events.at(-1)?.seq ?? 0);
    return fresh;
  }

  counts(): RouteCount[] {
    return [...this.#counts.values()].map((count) => ({ ...count }));
  }

  #count(decision: EgressDecision): void {
    const refused = decision.verdict === "refused";
    if (refused) this.refused++;
    if (decision.verdict === "allowed") this.allowed++;
    if (refused) this.lastRefusal = { time: decision.time, text: `${decision.method} ${decision.host}: ${decision.reason}` };
    const count = this.#countOf(decision.host);
    if (count === null) return;
    if (refused) count.refused++;
    if (decision.verdict === "allowed") count.allowed++;
    count.bytesUp += decision.bytesUp;
    count.bytesDown += decision.bytesDown;
    count.lastAt = decision.time;
  }

  /** An agent can ask for any number of host names: what is counted by name is bounded. */
  #countOf(host: string): RouteCount | null {
    const known = this.#counts.get(host);
    if (known !== undefined) return known;
    if (this.#counts.size >= MAX_HOSTS) return null;
    const count: RouteCount = { host, allowed: 0, refused: 0, bytesUp: 0, bytesDown: 0, lastAt: null };
    this.#counts.set(host, count);
    return count;
  }
}

export function decisionsOf(events: readonly NumberedEvent[]): NumberedDecision[] {
  return events.flatMap(({ seq, event }) => (event.type === "egress-decision" ? [{ seq, decision: event.decision }] : []));
}
