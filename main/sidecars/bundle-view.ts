import type { HeldPush, PushDecision } from "#common/domain/git.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { NumberedEvent } from "#common/wire/control.ts";
import type { BundleSnapshot } from "./control-client.ts";

/** Which parts of a bundle's picture an event touched. */
export type ViewPart = "table" | "proposals" | "health" | "decisions" | "repos" | "pushes" | "cuts";

/** The client's picture of one bundle: what it said when it was ready, carried forward by its events. */
export interface BundleView extends BundleSnapshot {
  readonly seq: number;
}

/** The picture after `events`, and what they changed in it. Replayed events from before the snapshot change nothing. */
export function advance(view: BundleView, events: readonly NumberedEvent[]): { view: BundleView; touched: ReadonlySet<ViewPart> } {
  const touched = new Set<ViewPart>();
  let next = view;
  for (const event of events) {
    if (event.event.type === "egress-decision") touched.add("decisions");
    if (event.seq <= next.seq) continue;
    next = { ...applyEvent(next, event, touched), seq: event.seq };
  }
  return { view: next, touched };
}

function applyEvent(view: BundleView, { event, time }: NumberedEvent, touched: Set<ViewPart>): BundleView {
  switch (event.type) {
    case "proposal-filed":
      touched.add("proposals");
      return { ...view, proposals: upsert(view.proposals, event.proposal) };
    case "proposal-decided": {
      touched.add("proposals");
      touched.add("table");
      const decided = view.proposals.map((proposal) =>
        proposal.id === event.proposalId
          ? { ...proposal, status: event.decision.verdict, decision: event.decision, failure: null }
          : proposal,
      );
      return { ...view, proposals: decided, table: newer(view.table, event.after) };
    }
    case "routes-set":
      touched.add("table");
      return { ...view, table: newer(view.table, event.after) };
    case "proposal-failed":
      touched.add("proposals");
      return {
        ...view,
        proposals: view.proposals.map((each) => (each.id === event.proposalId ? failed(each, time, event.message) : each)),
      };
    case "grant-ended":
      touched.add("table");
      return { ...view, table: newer(view.table, event.after) };
    case "cuts-set":
      touched.add("cuts");
      return { ...view, cuts: event.cuts };
    case "daemon":
      touched.add("health");
      return { ...view, health: [...view.health.filter(({ name }) => name !== event.health.name), event.health] };
    case "push-decided":
      touched.add("pushes");
      return { ...view, pushes: view.pushes.map((held) => (held.push.id === event.pushId ? decided(held, event.decision) : held)) };
    case "egress-decision":
      if (event.decision.grantId === undefined) return view;
      touched.add("table");
      return { ...view, table: used(view.table, event.decision.grantId) };
    // A held push comes with the gate's whole picture, in a frame of its own.
    case "push":
    case "dropped":
      return view;
  }
}

/**
 * One request less, so that the operator sees it count down: the table itself comes only when the grant ends. A request that was
 * under way at the snapshot is counted in it already, so for a moment this may show fewer than there are, never more.
 */
function used(table: RouteTable, grantId: string): RouteTable {
  const grants = table.grants.map((grant) => {
    const { id, limit } = grant;
    return id === grantId && limit.kind === "requests" ? { ...grant, limit: { ...limit, left: Math.max(0, limit.left - 1) } } : grant;
  });
  return { ...table, grants };
}

/** Told to both sides until it is tried again; the proposal is open still (SUP-5). */
function failed(proposal: Proposal, at: string, message: string): Proposal {
  return { ...proposal, failure: { at, message } };
}

function newer<T extends { readonly revision: number }>(a: T, b: T): T {
  return b.revision >= a.revision ? b : a;
}

function upsert(proposals: readonly Proposal[], proposal: Proposal): Proposal[] {
  return [...proposals.filter(({ id }) => id !== proposal.id), proposal];
}

function decided(held: HeldPush, decision: PushDecision): HeldPush {
  return { ...held, status: decision.verdict, decision };
}
