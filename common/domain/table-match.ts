import type { Grant, Route } from "./route.ts";
import type { RequestFacts, RouteVerdict } from "./route-match.ts";
import { matchRoute } from "./route-match.ts";

/** What lets a request of one host pass: its permanent route, or a grant. */
export interface HostRoutes {
  readonly route: Route | null;
  /** In the table's order. */
  readonly grants: readonly Grant[];
}

export type TableVerdict =
  | {
      readonly allowed: true;
      readonly route: Route;
      readonly grant: Grant | null;
      readonly verdict: Extract<RouteVerdict, { allowed: true }>;
    }
  /** The permanent route's refusal where there is one, else the first grant's; null where the host has neither. */
  | { readonly allowed: false; readonly verdict: Extract<RouteVerdict, { allowed: false }> | null };

/** Whether a grant can let a request pass at this time (milliseconds since 1970). */
export function grantIsLive({ limit }: Grant, now: number): boolean {
  if (limit.kind === "until") return now < Date.parse(limit.at);
  return limit.kind === "life" || limit.left > 0;
}

/** The same question for the proxy and for the panel's what-if: permanent route first, then live grants in order (EGR-2). */
export function matchHost({ route, grants }: HostRoutes, facts: RequestFacts, now: number): TableVerdict {
  let refused: Extract<RouteVerdict, { allowed: false }> | null = null;
  if (route !== null) {
    const verdict = matchRoute(route, facts);
    if (verdict.allowed) return { allowed: true, route, grant: null, verdict };
    refused = verdict;
  }
  for (const grant of grants) {
    if (!grantIsLive(grant, now)) continue;
    const verdict = matchRoute(grant.route, facts);
    if (verdict.allowed) return { allowed: true, route: grant.route, grant, verdict };
    refused ??= verdict;
  }
  return { allowed: false, verdict: refused };
}
