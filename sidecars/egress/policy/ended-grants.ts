import type { Grant } from "#common/domain/route.ts";
import type { RequestFacts } from "#common/domain/route-match.ts";
import { matchRoute } from "#common/domain/route-match.ts";

export interface EndedGrant {
  readonly grant: Grant;
  /** When its time was up, or its last request was seen to be used. */
  readonly endedAt: string;
}

/** As many as a table holds at once; the oldest make room. */
const MAX_REMEMBERED = 200;

/** Grants that have run out, so that a refusal can say so instead of "no route". */
export class EndedGrants {
  readonly #byId = new Map<string, EndedGrant>();

  add(grant: Grant, now: number): void {
    const known = this.#byId.get(grant.id);
    const endedAt = grant.limit.kind === "until" ? grant.limit.at : (known?.endedAt ?? new Date(now).toISOString());
    this.#byId.set(grant.id, { grant, endedAt });
    const oldest = this.#byId.size > MAX_REMEMBERED ? this.#byId.keys().next().value : undefined;
    if (oldest !== undefined) this.#byId.delete(oldest);
  }

  usedUp(id: string): boolean {
    return this.#byId.get(id)?.grant.limit.kind === "requests";
  }

  /** The last one of the host that allowed such a request. */
  find(host: string, facts: RequestFacts | null): EndedGrant | null {
    const fitting = [...this.#byId.values()].filter(
      ({ grant }) => grant.route.host === host && (facts === null || matchRoute(grant.route, facts).allowed),
    );
    return fitting.at(-1) ?? null;
  }
}

/** For the agent: which grant it was, and when it ended. */
export function endedText({ grant, endedAt }: EndedGrant): string {
  const { limit, route } = grant;
  if (limit.kind === "requests") return `the grant of ${limit.granted} requests for ${route.host} was used up at ${endedAt}`;
  return `the grant for ${route.host} ended at ${endedAt}`;
}
