import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestServices } from "../../../support/test-services.ts";
import { decision, egressRequest, proposal, route, startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
let slug: string;

beforeEach(async () => {
  world = await testServices([route("api.example.org")]);
  slug = await startDemo(world);
});
afterEach(() => world[Symbol.asyncDispose]());

function file(request = egressRequest(), number = 1) {
  const filed = proposal(slug, request, number);
  world.backend.bundle(slug).file(filed);
  return { id: filed.id, digest: filed.digest, seenRevision: 1, note: "fine" };
}

async function pending() {
  const link = world.services.links.get(slug);
  while ((link.view?.proposals.length ?? 0) === 0) await new Promise<void>((resolve) => void link.changed.subscribe(() => resolve()));
}

async function seen(seq: number) {
  const link = world.services.links.get(slug);
  while ((link.view?.seq ?? 0) < seq) await new Promise<void>((resolve) => void link.changed.subscribe(() => resolve()));
}

describe("the inbox", () => {
  it("shows what would become possible, the diff, warnings and what it would have meant (SUP-4)", async () => {
    const basis = file();
    world.backend.bundle(slug).emit(
      { type: "egress-decision", decision: decision() },
      { type: "egress-decision", decision: decision() },
      { type: "egress-decision", decision: decision({ path: "/other" }) },
      {
        type: "egress-decision",
        decision: decision({ path: "/simple/%2e%2e/x", rule: "path-encoding", reason: "the path holds a dot segment" }),
      },
    );
    await seen(5);
    const view = await world.services.inbox.view(basis.id, null);
    expect(view.sentence).toContain("could GET anything below /simple/ at packages.example.org");
    expect(view.sentence).toContain("Data could still leave in a path");
    expect(view.warnings).toContain("New public host: packages.example.org.");
    expect(view.before).not.toContain("packages.example.org");
    expect(view.after).toContain("packages.example.org");
    expect(view.replay).toMatchObject({ allowed: 2, refused: 2 });
    expect(view.blocked).toBeNull();
  });

  it("approves: live, answered, and in the audit log once, whoever records it (SUP-5, SUP-7)", async () => {
    const basis = file();
    const other = world.another();
    await other.links.get(slug).connected(1000);
    await pending();
    const { proposal: decided } = await world.services.inbox.approve(basis, null);
    expect(decided).toMatchObject({ status: "approved", decision: { appliedRevision: 2, note: "fine" } });
    expect(world.backend.bundle(slug).table.routes.map(({ host }) => host)).toEqual(["api.example.org", "packages.example.org"]);
    await Promise.all([world.services, other].map(({ links }) => links.get(slug).kept()));
    const entries = await world.services.audit.list(slug);
    expect(entries).toMatchObject([{ subject: basis.id, action: "approved", component: "egress", note: "fine" }]);
    expect(entries[0]?.after).toContain("packages.example.org");
  });

  it("approves an edit, and refuses one that could not be a route (SUP-4)", async () => {
    const basis = file();
    await pending();
    const edit = egressRequest({ pathAllowlist: ["/simple/left-pad/"] });
    await expect(world.services.inbox.approve(basis, { ...edit, host: "*.example.org" })).rejects.toMatchObject({ code: "bad-input" });
    await expect(world.services.inbox.approve(basis, { ...edit, pathAllowlist: ["/a/../b"] })).rejects.toMatchObject({ code: "bad-input" });
    const { proposal: decided } = await world.services.inbox.approve(basis, edit);
    expect(decided.decision?.applied).toMatchObject({ pathAllowlist: ["/simple/left-pad/"] });
  });

  it("rejects with the note (SUP-4)", async () => {
    const basis = file();
    await pending();
    expect(await world.services.inbox.reject({ ...basis, note: "use the mirror" })).toMatchObject({ status: "rejected" });
    expect(world.backend.bundle(slug).table.revision).toBe(1);
    expect(await world.services.audit.list(slug)).toMatchObject([{ action: "rejected", note: "use the mirror" }]);
  });

  it("refuses what was decided upon another state of things (SUP-4)", async () => {
    const basis = file();
    await pending();
    await expect(world.services.inbox.approve({ ...basis, seenRevision: 0 }, null)).rejects.toMatchObject({ code: "stale-revision" });
    await expect(world.services.inbox.approve({ ...basis, digest: "0".repeat(64) }, null)).rejects.toMatchObject({ code: "conflict" });
    await world.services.inbox.approve(basis, null);
    await expect(world.services.inbox.approve(basis, null)).rejects.toMatchObject({ code: "already-decided" });
  });

  it("gives the credential first, and takes it back where the approval fails (SID-4)", async () => {
    const auth = { scheme: "Bearer", tokenRef: "NEW_TOKEN" } as const;
    const basis = file(egressRequest({ auth }));
    await pending();
    await expect(world.services.inbox.approve(basis, null)).rejects.toMatchObject({ code: "secret-missing" });
    world.secrets.set("NEW_TOKEN", "value");
    const bundle = world.backend.bundle(slug);
    bundle.proposals = bundle.proposals.map((each) => ({ ...each, status: "rejected" }));
    await expect(world.services.inbox.approve(basis, null)).rejects.toMatchObject({ code: "already-decided" });
    expect(bundle.secrets.has("NEW_TOKEN")).toBe(false);
    bundle.proposals = bundle.proposals.map((each) => ({ ...each, status: "pending" }));
    expect((await world.services.inbox.view(basis.id, null)).sentence).toContain("with the credential NEW_TOKEN attached");
    await world.services.inbox.approve(basis, null);
    const order = bundle.received.map(({ type }) => type).slice(-2);
    expect(order).toContain("decide");
    expect(bundle.secrets.get("NEW_TOKEN")).toBe("value");
  });

  it("takes no credential back that another panel's approval made live meanwhile (SID-4, SUP-4)", async () => {
    const basis = file(egressRequest({ auth: { scheme: "Bearer", tokenRef: "NEW_TOKEN" } }));
    await pending();
    world.secrets.set("NEW_TOKEN", "value");
    const other = world.another();
    await other.links.get(slug).connected(1000);
    const outcomes = await Promise.allSettled([world.services, other].map(({ inbox }) => inbox.approve(basis, null)));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(world.backend.bundle(slug).secrets.get("NEW_TOKEN")).toBe("value");
  });

  it("records what another client decided and did not live to record (SUP-7)", async () => {
    file();
    await pending();
    const link = world.services.links.get(slug);
    const after = { revision: 2, routes: [route("packages.example.org")], grants: [] };
    world.backend
      .bundle(slug)
      .emit({ type: "routes-set", by: "someone", note: "by hand", before: { revision: 1, routes: [], grants: [] }, after });
    while (link.view?.table.revision !== 2) await new Promise<void>((resolve) => void link.changed.subscribe(() => resolve()));
    await link.kept();
    expect(await world.services.audit.list(slug)).toMatchObject([{ subject: "routes:2", action: "operator-edit", by: "someone" }]);
  });

  it("finds a proposal by the beginning of its id", async () => {
    file(egressRequest(), 1);
    await pending();
    expect((await world.services.inbox.find(slug)).id).toBe(`${slug}.1`);
    await expect(world.services.inbox.find("nothing")).rejects.toMatchObject({ code: "not-found" });
  });
});
