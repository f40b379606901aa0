import { describe, expect, it } from "vitest";
import type { Grant, RouteTable } from "#common/domain/route.ts";
import type { BundleEvent } from "#common/wire/control.ts";
import type { BundleView } from "../../../../main/sidecars/bundle-view.ts";
import { advance } from "../../../../main/sidecars/bundle-view.ts";
import { decision, proposal, route } from "../../../support/test-services.ts";

const grant: Grant = {
  id: "demo-aaaaa.1",
  route: route("files.example.org"),
  limit: { kind: "requests", granted: 1, left: 0 },
  grantedAt: "2026-11-22T12:00:00.000Z",
  by: "me",
};
const table: RouteTable = { revision: 4, routes: [], grants: [grant] };
const view: BundleView = {
  seq: 10,
  table,
  proposals: [proposal("demo-aaaaa")],
  health: [],
  missingSecrets: [],
  cuts: { all: false, refs: [] },
  repos: [],
  pushes: [],
  lastSeq: 10,
};

const told = (event: BundleEvent, seq = 11) => advance(view, [{ seq, time: "2026-11-22T12:01:00.000Z", event }]);

describe("the picture of a bundle", () => {
  it("knows why an approval was not applied (SUP-5)", () => {
    const next = told({ type: "proposal-failed", proposalId: "demo-aaaaa.1", message: "no such package" });
    expect(next.view.proposals[0]).toMatchObject({
      status: "pending",
      failure: { at: "2026-11-22T12:01:00.000Z", message: "no such package" },
    });
    expect([...next.touched]).toEqual(["proposals"]);
  });

  it("loses a grant that ended, and never goes back to an older table (SUP-4)", () => {
    const without = { ...table, revision: 5, grants: [] };
    expect(told({ type: "grant-ended", grant, why: "used-up", after: without }).view.table).toEqual(without);
    expect(told({ type: "grant-ended", grant, why: "used-up", after: { ...without, revision: 3 } }).view.table).toBe(table);
  });

  it("counts a grant down with each request that it let pass, never below none (EGR-7)", () => {
    const counted: Grant = { ...grant, limit: { kind: "requests", granted: 2, left: 1 } };
    const events = [11, 12, 13].map((seq) => ({
      seq,
      time: "2026-11-22T12:01:00.000Z",
      event: { type: "egress-decision" as const, decision: decision(seq === 13 ? {} : { grantId: grant.id }) },
    }));
    const next = advance({ ...view, table: { ...table, grants: [counted] } }, events);
    expect(next.view.table).toMatchObject({ revision: 4, grants: [{ limit: { left: 0 } }] });
    expect([...next.touched].sort()).toEqual(["decisions", "table"]);
    expect(advance(view, events.slice(2)).touched.has("table")).toBe(false);
  });

  it("knows what is cut off", () => {
    const next = told({ type: "cuts-set", by: "me", cuts: { all: true, refs: [] } });
    expect([next.view.cuts, [...next.touched]]).toEqual([{ all: true, refs: [] }, ["cuts"]]);
  });

  it("does not take replayed events for new ones", () => {
    expect(told({ type: "cuts-set", by: "me", cuts: { all: true, refs: [] } }, 10).view).toBe(view);
  });
});
