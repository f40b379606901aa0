import type { Grant, RouteTable } from "#common/domain/route.ts";
import type { RequestFacts } from "#common/domain/route-match.ts";
import { grantIsLive } from "#common/domain/table-match.ts";
import type { EndedGrant } from "./ended-grants.ts";
import { EndedGrants } from "./ended-grants.ts";
import { LiveHost } from "./live-host.ts";

/** The table that decides, replaced as a whole (EGR-6). */
export class LiveRoutes {
  readonly #now: () => number;
  readonly #ended = new EndedGrants();
  #revision: number;
  #byHost: ReadonlyMap<string, LiveHost>;
  /** Ends of grants still to come, soonest first. */
  #ends: { readonly at: number; readonly host: string }[];

  /** `now`: milliseconds since 1970. */
  constructor(table: RouteTable, now: () => number) {
    this.#now = now;
    this.#revision = table.revision;
    this.#byHost = indexByHost(table);
    this.#ends = this.#endsToCome();
  }

  get revision(): number {
    return this.#revision;
  }

  get hosts(): string[] {
    return [...this.#byHost.keys()];
  }

  /** Null where no request can pass now. */
  find(host: string): LiveHost | null {
    const live = this.#byHost.get(host);
    if (live === undefined) return null;
    return live.route !== null || live.openAt(this.#now()) ? live : null;
  }

  /** A grant that has ended and would have let this request pass, or any of the host's where nothing is known of the request. */
  endedGrant(host: string, facts: RequestFacts | null): EndedGrant | null {
    const now = this.#now();
    for (const grant of this.#byHost.get(host)?.grants ?? []) if (!grantIsLive(grant, now)) this.#ended.add(grant, now);
    return this.#ended.find(host, facts);
  }

  /** Whether a grant is in the table, and if not, whether it went by being used up instead of being taken back. */
  grant(host: string, id: string): Grant | "used-up" | null {
    return this.#byHost.get(host)?.grant(id) ?? (this.#ended.usedUp(id) ? "used-up" : null);
  }

  /** Takes one request off a counted grant; returns how many are left, or null where the grant counts none. */
  use(host: string, id: string): number | null {
    const live = this.#byHost.get(host);
    const left = live?.use(id) ?? null;
    const grant = live?.grant(id) ?? null;
    if (left === 0 && grant !== null) this.#ended.add(grant, this.#now());
    return left;
  }

  /** Hosts that name a credential of which `cut` is true. */
  hostsNaming(cut: (tokenRef: string) => boolean): string[] {
    return [...this.#byHost.values()].filter((live) => live.names(cut)).map(({ host }) => host);
  }

  /** From here on every question is answered by `table`. Returns the hosts whose routes or grants changed, ended or went. */
  replace(table: RouteTable): string[] {
    const ended = this.takeEnded();
    const before = this.#byHost;
    const after = indexByHost({ ...table, grants: table.grants.map((grant) => this.#counted(grant)) });
    this.#rememberEnded(before, after);
    this.#revision = table.revision;
    this.#byHost = after;
    this.#ends = this.#endsToCome();
    const changed = [...before.values()].filter((live) => after.get(live.host)?.fingerprint !== live.fingerprint);
    return [...new Set([...ended, ...changed.map(({ host }) => host)])];
  }

  /** Hosts where a grant's time ran out since this was last asked. */
  takeEnded(): string[] {
    const now = this.#now();
    const hosts = new Set<string>();
    for (let next = this.#ends[0]; next !== undefined && next.at <= now; next = this.#ends[0]) {
      this.#ends.shift();
      hosts.add(next.host);
    }
    return [...hosts];
  }

  /** The table may have been written before requests were let pass by the grant: they stay used. */
  #counted(grant: Grant): Grant {
    if (grant.limit.kind !== "requests") return grant;
    const known = this.#byHost.get(grant.route.host)?.grant(grant.id);
    if (known?.limit.kind !== "requests") return grant;
    const used = known.limit.granted - known.limit.left;
    return { ...grant, limit: { ...grant.limit, left: Math.max(0, Math.min(grant.limit.left, grant.limit.granted - used)) } };
  }

  #rememberEnded(before: ReadonlyMap<string, LiveHost>, after: ReadonlyMap<string, LiveHost>): void {
    const now = this.#now();
    for (const { host, grants } of before.values()) {
      for (const grant of grants) {
        const gone = after.get(host)?.grant(grant.id) == null;
        if (gone && !grantIsLive(grant, now)) this.#ended.add(grant, now);
      }
    }
  }

  #endsToCome(): { at: number; host: string }[] {
    const now = this.#now();
    return [...this.#byHost.values()]
      .flatMap(({ host, grants }) => grants.flatMap(({ limit }) => (limit.kind === "until" ? [{ at: Date.parse(limit.at), host }] : [])))
      .filter(({ at }) => at > now)
      .sort((a, b) => a.at - b.at);
  }
}

function indexByHost(table: RouteTable): ReadonlyMap<string, LiveHost> {
  const permanent = new Map(table.routes.map((route) => [route.host, route]));
  const grants = Map.groupBy(table.grants, ({ route }) => route.host);
  const hosts = new Set([...permanent.keys(), ...grants.keys()]);
  return new Map([...hosts].map((host) => [host, new LiveHost(host, permanent.get(host) ?? null, grants.get(host) ?? [])]));
}
