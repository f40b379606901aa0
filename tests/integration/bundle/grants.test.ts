import { describe, expect, test } from "vitest";
import type { Proposal } from "#common/domain/proposal.ts";
import type { Grant, RouteTable } from "#common/domain/route.ts";
import { BundleFolder, route } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { approval, filed, grant, requests, routesSet, until } from "../../support/bundle/decisions.ts";
import type { ToolAnswer } from "../../support/bundle/mcp-peer.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

const PERMANENT: RouteTable = { revision: 1, routes: [route("allowed.example")], grants: [] };

/** A bundle whose agent asked for a host that the operator then allows for a while. */
async function asked(
  host: string,
): Promise<
  { folder: BundleFolder; operator: ControlPeer; agent: McpPeer; proposal: Proposal; call: Promise<ToolAnswer> } & AsyncDisposable
> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await BundleFolder.create({ table: PERMANENT }));
  const bundle = stack.use(await BundleProcess.start(folder));
  const operator = stack.use(await ControlPeer.greeted(folder.socket, 0));
  const agent = stack.use(await McpPeer.connect(bundle.supervisePort));
  const call = agent.egressBlock({ host, justification: "please" });
  const proposal = await filed(operator);
  const owned = stack.move();
  return { folder, operator, agent, proposal, call, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

describe("an approval for a while (SUP-5)", () => {
  test("for a number of requests: what is left is told, and survives what a client saw before", async () => {
    await using bottle = await asked("used.test");
    const { operator, proposal, agent } = bottle;
    const added = grant(proposal.id, "used.test", requests(3));
    const approved = approval(proposal, PERMANENT, { grants: [added], scope: { kind: "requests", requests: 3 } });
    expect(await operator.request(approved)).toMatchObject({ type: "done", revision: 2 });
    expect((await bottle.call).text).toMatch(/It holds for a while: [23] of 3 requests left/);
    const { event } = await operator.event(({ event }) => event.type === "proposal-decided");
    expect(event).toMatchObject({ decision: { scope: { kind: "requests", requests: 3 }, rule: null, appliedRevision: 2 } });

    // The operator's picture is from before the first request.
    const edit = routesSet({ ...PERMANENT, revision: 2 }, { routes: [...PERMANENT.routes, route("other.example")], grants: [added] });
    expect(await operator.request(edit)).toMatchObject({ type: "done", revision: 3 });
    await using late = await ControlPeer.greeted(bottle.folder.socket);
    expect(late.ready.table.grants).toMatchObject([{ id: proposal.id, limit: { granted: 3, left: 2 } }]);
    const routes = await agent.call("list-egress-routes", {});
    expect(routes.text).toContain("https://used.test every method, every path [2 of 3 requests left]");
    expect(routes.structuredContent).toMatchObject({ for_a_while: [{ host: "used.test", requests_left: 2 }] });
    const again = await agent.egressBlock({ host: "used.test", justification: "again" });
    expect(again.structuredContent).toMatchObject({ status: "already-allowed", limit: "2 of 3 requests left" });
  });

  test("used up, it ends by a change of its own, and what was decided upon before is stale", async () => {
    await using bottle = await asked("used-up.test");
    const { operator, proposal, agent } = bottle;
    const added = grant(proposal.id, "used-up.test", requests(5));
    await operator.request(approval(proposal, PERMANENT, { grants: [added], scope: { kind: "requests", requests: 5 } }));
    const { event } = await operator.event(({ event }) => event.type === "grant-ended");
    expect(event).toMatchObject({
      why: "used-up",
      grant: { id: proposal.id },
      after: { revision: 3, grants: [], routes: PERMANENT.routes },
    });
    expect(await operator.request(routesSet({ ...PERMANENT, revision: 2 }, {}))).toMatchObject({ type: "failed", code: "stale" });
    const status = await agent.call("proposal-status", { id: proposal.id });
    expect(status.text).toContain("That is over");
    expect(status.structuredContent).toMatchObject({ status: "approved" });
  });

  test("for some time: it ends when the time has come", async () => {
    await using bottle = await asked("timed.example.org");
    const { operator, proposal } = bottle;
    const added = grant(proposal.id, "timed.example.org", until(4000));
    const approved = approval(proposal, PERMANENT, { grants: [added], scope: { kind: "minutes", minutes: 1 } });
    expect(await operator.request(approved)).toMatchObject({ type: "done", revision: 2 });
    const { event } = await operator.event(({ event }) => event.type === "grant-ended");
    expect(event).toMatchObject({ why: "expired", after: { revision: 3, grants: [] } });
  });

  test("a time that came while the bundle was down has come when it starts", async () => {
    const over: Grant = {
      ...grant("operator.1", "timed.example.org", requests(1)),
      limit: { kind: "until", at: "2026-01-01T00:00:00.000Z" },
    };
    const spent = grant("operator.2", "used.example.org", requests(4, 0));
    const stays = grant("operator.3", "kept.example.org", { kind: "life" });
    await using folder = await BundleFolder.create({ supervise: false, table: { ...PERMANENT, grants: [over, spent, stays] } });
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    expect(operator.ready.table).toMatchObject({ revision: 3, grants: [{ id: "operator.3" }] });
    await operator.event(({ event }) => event.type === "grant-ended" && event.why === "expired" && event.after.revision === 2);
    await operator.event(({ event }) => event.type === "grant-ended" && event.why === "used-up" && event.after.revision === 3);
    await bundle.kill();
    await using _again = await BundleProcess.start(folder);
    await using late = await ControlPeer.greeted(folder.socket, 0);
    expect(late.ready.table.revision).toBe(3);
    await late.event(({ event }) => event.type === "daemon");
    expect(late.events.filter(({ event }) => event.type === "grant-ended")).toHaveLength(2);
  });

  test("what was used is used after kill -9", async () => {
    await using folder = await BundleFolder.create({ supervise: false, table: PERMANENT });
    await using bundle = await BundleProcess.start(folder);
    {
      await using operator = await ControlPeer.greeted(folder.socket);
      const added = grant("operator.1", "used.test", requests(3));
      await operator.request(routesSet(PERMANENT, { grants: [added] }));
      // The use was told right after the table was live, so before this change was taken.
      await operator.request(routesSet({ ...PERMANENT, revision: 2 }, { grants: [added] }));
    }
    await bundle.kill();
    await using _again = await BundleProcess.start(folder);
    await using late = await ControlPeer.greeted(folder.socket);
    expect(late.ready.table.grants).toMatchObject([{ limit: { granted: 3, left: 2 } }]);
  });
});

describe("grants that no client can make live (SUP-4)", () => {
  const kept = grant("operator.1", "kept.example", requests(5));
  test.each<[string, readonly Grant[], RegExp]>([
    ["one that lasts longer than a week", [kept, grant("operator.2", "a.example", until(8 * 24 * 3_600_000))], /seven days/],
    ["one that is over", [kept, grant("operator.2", "a.example", until(-1000))], /over already/],
    ["one that begins half used", [kept, grant("operator.2", "a.example", requests(5, 2))], /another number/],
    ["one id twice", [kept, kept], /twice/],
    ["one whose host is not canonical", [kept, grant("operator.2", "A.example", requests(1))], /canonical/],
    ["a live one made wider", [grant("operator.1", "kept.example", requests(50))], /not what is live/],
    ["a live one for another host", [grant("operator.1", "other.example", requests(5))], /not what is live/],
  ])("%s is refused, and nothing changes", async (_what, grants, message) => {
    await using folder = await BundleFolder.create({ supervise: false, table: { ...PERMANENT, grants: [kept] } });
    await using _bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket);
    const answer = await operator.request(routesSet(PERMANENT, { grants: [...grants] }));
    expect(answer).toMatchObject({ type: "failed", code: "bad-request", message: expect.stringMatching(message) });
    await using late = await ControlPeer.greeted(folder.socket);
    expect(late.ready.table).toEqual({ ...PERMANENT, grants: [kept] });
  });
});
