import { describe, expect, test } from "vitest";
import type { Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import { BundleFolder, route } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { approval, filed, rejection } from "../../support/bundle/decisions.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

const LIVE: RouteTable = { revision: 1, routes: [route("allowed.example")], grants: [] };
const DOCKERFILE = "FROM bot-bottle-agent\nRUN false\n";

function claim({ id, digest }: Proposal, held = true) {
  return { type: "claim-proposal", proposalId: id, digest, held } as const;
}

function failure({ id, digest }: Proposal, message: string) {
  return { type: "report-failure", proposalId: id, digest, message } as const;
}

describe("an approval that is being carried out (SUP-5)", () => {
  test("is one client's: others are told so, until it decides, gives it back, or is gone", async () => {
    await using folder = await BundleFolder.create({ capability: true, responseTimeoutSeconds: 0.02 });
    await using bundle = await BundleProcess.start(folder);
    await using one = await ControlPeer.greeted(folder.socket, 0);
    await using two = await ControlPeer.greeted(folder.socket, 0);
    await using agent = await McpPeer.connect(bundle.supervisePort);
    await agent.call("capability-block", { dockerfile: DOCKERFILE, justification: "please" });
    const proposal = await filed(one);
    const taken = { type: "failed", code: "conflict", message: expect.stringContaining("is being applied") };

    expect(await one.request(claim(proposal))).toMatchObject({ type: "done" });
    expect(await one.request(claim(proposal))).toMatchObject({ type: "done" });
    for (const body of [claim(proposal), rejection(proposal, LIVE), approval(proposal, LIVE), failure(proposal, "mine")]) {
      expect(await two.request(body)).toMatchObject(taken);
    }
    expect(await two.request(claim(proposal, false))).toMatchObject({ type: "done" });
    expect(await two.request(claim(proposal))).toMatchObject(taken);

    expect(await one.request(claim(proposal, false))).toMatchObject({ type: "done" });
    expect(await two.request(claim(proposal))).toMatchObject({ type: "done" });
    await two[Symbol.asyncDispose]();
    await two.closed();
    // Its connection's end may be noticed after the next request was sent.
    await expect.poll(() => one.request(claim(proposal)), { timeout: 30_000 }).toMatchObject({ type: "done" });

    expect(await one.request(approval(proposal, LIVE))).toMatchObject({ type: "done", revision: 1 });
    await using three = await ControlPeer.greeted(folder.socket);
    expect(await three.request(claim(proposal))).toMatchObject({
      type: "failed",
      code: "conflict",
      message: expect.stringContaining("approved"),
    });
  });

  test("is not claimed by whoever saw something else", async () => {
    await using folder = await BundleFolder.create({ responseTimeoutSeconds: 0.02 });
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    await using agent = await McpPeer.connect(bundle.supervisePort);
    await agent.egressBlock({ host: "a.example.org", justification: "please" });
    const proposal = await filed(operator);
    expect(await operator.request({ ...claim(proposal), digest: "0".repeat(64) })).toMatchObject({ code: "conflict" });
    expect(await operator.request({ ...claim(proposal), proposalId: "demo-k3v9q.99" })).toMatchObject({ code: "not-found" });
    expect(await operator.request({ ...failure(proposal, "x"), digest: "0".repeat(64) })).toMatchObject({ code: "conflict" });
  });
});

describe("an approval that could not be applied is told to both sides and leaves the proposal open (SUP-5)", () => {
  test("by the client that carried it out: also to the call that waits, and after a restart", async () => {
    await using folder = await BundleFolder.create({ capability: true, responseTimeoutSeconds: 120 });
    await using bundle = await BundleProcess.start(folder);
    let proposal: Proposal;
    {
      await using operator = await ControlPeer.greeted(folder.socket, 0);
      await using agent = await McpPeer.connect(bundle.supervisePort);
      const call = agent.call("capability-block", { dockerfile: DOCKERFILE, justification: "please" });
      proposal = await filed(operator);
      expect(await operator.request(failure(proposal, "RUN false: exit code 1"))).toMatchObject({ type: "done", revision: 1 });
      const answer = await call;
      expect(answer.structuredContent).toMatchObject({ status: "pending", failure: { message: "RUN false: exit code 1" } });
      expect(answer.text).toMatch(/could not be applied .*RUN false: exit code 1\n.*file one that is put right/);
      const { event } = await operator.event(({ event }) => event.type === "proposal-failed");
      expect(event).toMatchObject({ proposalId: proposal.id, message: "RUN false: exit code 1" });
    }
    await bundle.kill();
    await using again = await BundleProcess.start(folder);
    await using late = await ControlPeer.greeted(folder.socket, 0);
    expect(late.ready.proposals).toMatchObject([{ status: "pending", failure: { message: "RUN false: exit code 1" } }]);
    expect(await late.request(approval(proposal, LIVE))).toMatchObject({ type: "done" });
    await using agent = await McpPeer.connect(again.supervisePort);
    const status = await agent.call("proposal-status", { id: proposal.id });
    expect(status.structuredContent).toMatchObject({ status: "approved" });
    await using last = await ControlPeer.greeted(folder.socket);
    expect(last.ready.proposals).toMatchObject([{ status: "approved", failure: null }]);
  });

  test("by egress: with egress' own reason", async () => {
    await using folder = await BundleFolder.create({ responseTimeoutSeconds: 120 });
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    await using agent = await McpPeer.connect(bundle.supervisePort);
    const call = agent.egressBlock({ host: "crash.test", justification: "please" });
    const proposal = await filed(operator);
    const routes = [...LIVE.routes, route("crash.test")];
    expect(await operator.request(approval(proposal, LIVE, { routes }))).toMatchObject({ type: "failed", code: "apply-failed" });
    const answer = await call;
    expect(answer.structuredContent).toMatchObject({
      status: "pending",
      failure: { message: expect.stringContaining("egress did not take the routes") },
    });
    await operator.event(({ event }) => event.type === "proposal-failed" && event.proposalId === proposal.id);
    expect(await operator.request(rejection(proposal, LIVE))).toMatchObject({ type: "done", revision: 1 });
  });
});
