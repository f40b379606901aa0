import { describe, expect, test } from "vitest";
import type { EgressRequest, Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import { BundleFolder, route } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import type { RequestBody } from "../../support/bundle/control-peer.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { approval, filed, rejection } from "../../support/bundle/decisions.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

const JUSTIFICATION = "the build needs it \u202e\u0000<script>";

const LIVE: RouteTable = { revision: 1, routes: [route("allowed.example")], grants: [] };

/** An approval for a host, which is the one asked for unless the operator edited it. */
function approvalOf(proposal: Proposal, host: string): RequestBody {
  const applied = { ...(proposal.request as EgressRequest), host };
  return approval(proposal, LIVE, { routes: [...LIVE.routes, route(host)], applied });
}

describe("a proposal from the agent's call to the operator's decision (SUP-1…SUP-5)", () => {
  test("an approval is live before agent and operator are told, and is told once", async () => {
    await using folder = await BundleFolder.create();
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    await using agent = await McpPeer.connect(bundle.supervisePort);
    const call = agent.egressBlock({ host: "Registry.Example.ORG.", methods: ["get"], justification: JUSTIFICATION });
    const proposal = await filed(operator);
    expect(proposal).toMatchObject({ request: { host: "registry.example.org", methods: ["GET"], pathAllowlist: [], auth: null } });
    expect(proposal.justification).toBe(JUSTIFICATION);
    const done = await operator.request(approvalOf(proposal, "registry.example.org"));
    expect(done).toMatchObject({ type: "done", revision: 2 });
    const answer = await call;
    expect(answer.structuredContent).toMatchObject({ status: "approved", proposal_id: proposal.id, note: "fine", edited: false });
    expect(answer.text).toContain("status: approved");
    expect(await operator.request(approvalOf(proposal, "registry.example.org"))).toMatchObject({ type: "failed", code: "conflict" });
    const again = await agent.egressBlock({ host: "registry.example.org", methods: ["GET"], justification: "again" });
    expect(again.structuredContent).toMatchObject({ status: "already-allowed", revision: 2 });
    const routes = await agent.call("list-egress-routes", {});
    expect(JSON.stringify(routes.structuredContent)).toContain("registry.example.org");
  });

  test("a rejection reaches the agent with its note and changes no route", async () => {
    await using folder = await BundleFolder.create();
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    await using agent = await McpPeer.connect(bundle.supervisePort);
    const call = agent.egressBlock({ host: "evil.example.org", justification: "please" });
    const proposal = await filed(operator);
    expect(await operator.request(rejection(proposal, LIVE))).toMatchObject({ type: "done", revision: 1 });
    expect((await call).structuredContent).toMatchObject({ status: "rejected", note: "fine" });
    const status = await agent.call("proposal-status", { id: proposal.id });
    expect(status.structuredContent).toMatchObject({ status: "rejected" });
  });

  test("a call that waits too long answers pending; the proposal stays and a second call joins it (SUP-2)", async () => {
    await using folder = await BundleFolder.create({ responseTimeoutSeconds: 0.05 });
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    await using agent = await McpPeer.connect(bundle.supervisePort);
    const first = await agent.egressBlock({ host: "slow.example.org", justification: "please" });
    const second = await agent.egressBlock({ host: "slow.example.org", justification: "please, again" });
    expect(first.structuredContent).toMatchObject({ status: "pending" });
    expect(second.structuredContent).toEqual(first.structuredContent);
    const proposal = await filed(operator);
    expect(operator.events.filter(({ event }) => event.type === "proposal-filed")).toHaveLength(1);
    await operator.request(rejection(proposal, LIVE));
    expect((await agent.call("proposal-status", { id: proposal.id })).structuredContent).toMatchObject({ status: "rejected" });
  });

  test("of two operators who decide at once, one does", async () => {
    await using folder = await BundleFolder.create();
    await using bundle = await BundleProcess.start(folder);
    await using one = await ControlPeer.greeted(folder.socket, 0);
    await using two = await ControlPeer.greeted(folder.socket, 0);
    await using agent = await McpPeer.connect(bundle.supervisePort);
    const call = agent.egressBlock({ host: "race.example.org", justification: "please" });
    const proposal = await filed(one);
    const answers = await Promise.all([one.request(approvalOf(proposal, "race.example.org")), two.request(rejection(proposal, LIVE))]);
    expect(answers.filter(({ type }) => type === "done")).toHaveLength(1);
    expect(answers.find(({ type }) => type === "failed")).toMatchObject({ code: "conflict" });
    await call;
  });

  test.each([
    ["another digest", { digest: "0".repeat(64) }, "conflict"],
    ["a stale revision", { seenRevision: 0 }, "stale"],
    ["an unknown proposal", { proposalId: "demo-k3v9q.999" }, "not-found"],
  ])("a decision of %s changes nothing", async (_what, parts, code) => {
    await using folder = await BundleFolder.create();
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    await using agent = await McpPeer.connect(bundle.supervisePort);
    const call = agent.egressBlock({ host: "a.example.org", justification: "please" });
    const proposal = await filed(operator);
    expect(await operator.request({ ...approvalOf(proposal, "a.example.org"), ...parts } as RequestBody)).toMatchObject({
      type: "failed",
      code,
    });
    await operator.request(rejection(proposal, LIVE));
    await call;
  });

  test.each(["crash.test", "nonsense.test"])(
    "when egress fails on the new table (%s), it is rolled back and the proposal stays open (SUP-5)",
    async (host) => {
      await using folder = await BundleFolder.create({ responseTimeoutSeconds: 0.05 });
      await using bundle = await BundleProcess.start(folder);
      await using operator = await ControlPeer.greeted(folder.socket, 0);
      await using agent = await McpPeer.connect(bundle.supervisePort);
      await agent.egressBlock({ host: "api.example.org", justification: "please" });
      const proposal = await filed(operator);
      expect(await operator.request(approvalOf(proposal, host))).toMatchObject({ type: "failed", code: "apply-failed" });
      await operator.until(() =>
        operator.frames.find(
          (f) =>
            f.type === "health" &&
            f.health.every(({ state, restarts, name }) => state === "healthy" && (name !== "egress" || restarts > 0)),
        ),
      );
      await using late = await ControlPeer.greeted(folder.socket, 0);
      expect(late.ready).toMatchObject({
        table: { revision: 1, routes: [{ host: "allowed.example" }] },
        proposals: [{ status: "pending" }],
      });
      expect(await late.request(approvalOf(proposal, "api.example.org"))).toMatchObject({ type: "done", revision: 2 });
    },
  );
});
