import type { ApprovalScope, Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { Grant, RouteTable } from "#common/domain/route.ts";
import { route } from "./bundle-folder.ts";
import type { ControlPeer, RequestBody } from "./control-peer.ts";

/** The first proposal filed after event `after`. */
export async function filed(peer: ControlPeer, after = 0): Promise<Proposal> {
  const { event } = await peer.event(({ seq, event }) => seq > after && event.type === "proposal-filed");
  if (event.type !== "proposal-filed") throw new Error("not a filing");
  return event.proposal;
}

/** An approval of what is asked for by which the table becomes another, or does not. */
export function approval(
  proposal: Proposal,
  live: RouteTable,
  parts: Partial<Pick<RouteTable, "routes" | "grants">> & { readonly scope?: ApprovalScope; readonly applied?: ProposalRequest } = {},
): Extract<RequestBody, { type: "decide" }> {
  const { routes = live.routes, grants = live.grants, scope = { kind: "bottle" }, applied = proposal.request } = parts;
  return { ...decision(proposal, live), outcome: { verdict: "approved", routes, grants, applied, scope } };
}

export function rejection(proposal: Proposal, live: RouteTable): Extract<RequestBody, { type: "decide" }> {
  return { ...decision(proposal, live), outcome: { verdict: "rejected" } };
}

function decision({ id, digest }: Proposal, { revision }: RouteTable) {
  return { type: "decide", proposalId: id, digest, seenRevision: revision, by: "op", note: "fine" } as const;
}

/** An operator's own change of the table that was seen. */
export function routesSet(live: RouteTable, parts: Partial<Pick<RouteTable, "routes" | "grants">>): RequestBody {
  const { revision, routes, grants } = { ...live, ...parts };
  return { type: "set-routes", seenRevision: revision, routes, grants, by: "op", note: "" };
}

/** What lets requests to a host pass for a while. */
export function grant(id: string, host: string, limit: Grant["limit"]): Grant {
  return { id, route: route(host), limit, grantedAt: "2026-01-01T00:00:00.000Z", by: "op" };
}

export function requests(granted: number, left = granted): Grant["limit"] {
  return { kind: "requests", granted, left };
}

export function until(msAhead: number): Grant["limit"] {
  return { kind: "until", at: new Date(Date.now() + msAhead).toISOString() };
}
