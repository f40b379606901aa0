import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Proposal } from "#common/domain/proposal.ts";
import type { Route, RouteTable } from "#common/domain/route.ts";
import { BundleFolder, route } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import type { RequestBody } from "../../support/bundle/control-peer.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { approval, filed, grant, rejection, requests, until } from "../../support/bundle/decisions.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

const OTHER = route("other.example");
const HOST = route("api.example.org");
const KEPT = grant("operator.1", "kept.example", requests(3));
const LIVE: RouteTable = { revision: 1, routes: [OTHER, HOST], grants: [KEPT] };
const DOCKERFILE = "FROM bot-bottle-agent\nUSER root\nRUN apt-get install -y jq\nUSER node\n";

function lenient(parts: Partial<Route["pipelock"]>): Route {
  return { ...HOST, pipelock: { ...HOST.pipelock, ...parts }, origin: { kind: "proposal", proposalId: "demo-k3v9q.1" } };
}

describe("what an approval may change (SUP-4, SUP-5)", () => {
  const stack = new AsyncDisposableStack();
  let operator: ControlPeer;
  let agent: McpPeer;
  const proposals = { egress: null, pipelock: null, capability: null } as unknown as Record<"egress" | "pipelock" | "capability", Proposal>;

  beforeAll(async () => {
    const folder = stack.use(await BundleFolder.create({ table: LIVE, capability: true, responseTimeoutSeconds: 0.02 }));
    const bundle = stack.use(await BundleProcess.start(folder));
    operator = stack.use(await ControlPeer.greeted(folder.socket, 0));
    agent = stack.use(await McpPeer.connect(bundle.supervisePort));
    await agent.egressBlock({ host: "new.example.org", justification: "please" });
    await agent.call("pipelock-block", { host: HOST.host, allow_findings: ["generic-api-key"], justification: "a fixture" });
    await agent.call("capability-block", { dockerfile: DOCKERFILE, justification: "to read JSON" });
    proposals.egress = await filed(operator);
    proposals.pipelock = await filed(operator, await seqOf(proposals.egress));
    proposals.capability = await filed(operator, await seqOf(proposals.pipelock));
  });
  afterAll(() => stack.disposeAsync());

  async function seqOf({ id }: Proposal): Promise<number> {
    return (await operator.event(({ event }) => event.type === "proposal-filed" && event.proposal.id === id)).seq;
  }

  type Case = [string, keyof typeof proposals, (of: Proposal) => RequestBody, RegExp];
  const added = route("new.example.org");
  test.each<Case>([
    [
      "another host's route",
      "egress",
      (of) => approval(of, LIVE, { routes: [{ ...OTHER, methods: null, websocket: true }, HOST, added] }),
      /other.example/,
    ],
    ["away another host", "egress", (of) => approval(of, LIVE, { routes: [HOST, added] }), /other.example/],
    ["away a grant", "egress", (of) => approval(of, LIVE, { routes: [...LIVE.routes, added], grants: [] }), /grants/],
    [
      "a permanent route where requests were approved",
      "egress",
      (of) => approval(of, LIVE, { routes: [...LIVE.routes, added], scope: { kind: "requests", requests: 1 } }),
      /one grant under the id/,
    ],
    [
      "a grant of more requests than were approved",
      "egress",
      (of) =>
        approval(of, LIVE, { grants: [KEPT, grant(of.id, "new.example.org", requests(9))], scope: { kind: "requests", requests: 3 } }),
      /not what was approved/,
    ],
    [
      "a grant for longer than was approved",
      "egress",
      (of) =>
        approval(of, LIVE, { grants: [KEPT, grant(of.id, "new.example.org", until(3_600_000))], scope: { kind: "minutes", minutes: 5 } }),
      /not what was approved/,
    ],
    [
      "a grant for another host",
      "egress",
      (of) =>
        approval(of, LIVE, { grants: [KEPT, grant(of.id, "evil.example.org", requests(3))], scope: { kind: "requests", requests: 3 } }),
      /not for the host/,
    ],
    [
      "more than content settings",
      "pipelock",
      (of) => approval(of, LIVE, { routes: [OTHER, { ...lenient({}), websocket: true }] }),
      /content settings/,
    ],
    [
      "another host's content settings",
      "pipelock",
      (of) => approval(of, LIVE, { routes: [{ ...lenient({}), host: OTHER.host }, HOST] }),
      /other.example/,
    ],
    [
      "content settings for a while",
      "pipelock",
      (of) =>
        approval(of, LIVE, { routes: [OTHER, lenient({ allowFindings: ["generic-api-key"] })], scope: { kind: "minutes", minutes: 5 } }),
      /only a route/,
    ],
    ["a route with an image", "capability", (of) => approval(of, LIVE, { routes: [...LIVE.routes, added] }), /new.example.org/],
    [
      "an image that no agent could have asked for",
      "capability",
      (of) => approval(of, LIVE, { applied: { kind: "capability", dockerfile: "FROM evil\nRUN true\n" } }),
      /FROM bot-bottle-agent/,
    ],
    ["another kind of thing", "capability", (of) => approval(of, LIVE, { applied: proposals.egress.request }), /another kind/],
  ])("an approval that would change %s is refused", async (_what, kind, body, message) => {
    const answer = await operator.request(body(proposals[kind]));
    expect(answer).toMatchObject({ type: "failed", code: "bad-request", message: expect.stringMatching(message) });
  });

  test("an image is approved without a new revision: nothing of egress changes", async () => {
    expect(await operator.request(approval(proposals.capability, LIVE))).toMatchObject({ type: "done", revision: 1 });
    const status = await agent.call("proposal-status", { id: proposals.capability.id });
    expect(status.structuredContent).toMatchObject({ status: "approved", revision: null, allowed: { dockerfile: DOCKERFILE } });
    expect(status.text).toContain("you run on it now");
  });

  test("content settings are applied to the one route, and told (SUP-5)", async () => {
    const routes = [OTHER, lenient({ allowFindings: ["generic-api-key"] })];
    expect(await operator.request(approval(proposals.pipelock, LIVE, { routes }))).toMatchObject({ type: "done", revision: 2 });
    const status = await agent.call("proposal-status", { id: proposals.pipelock.id });
    expect(status.text).toContain("content that these rules find: generic-api-key");
    const again = await agent.call("pipelock-block", { host: HOST.host, allow_findings: ["generic-api-key"], justification: "again" });
    expect(again.structuredContent).toMatchObject({ status: "already-allowed", revision: 2 });
  });

  test("a rule that decided is kept with the decision", async () => {
    const { id } = proposals.egress;
    const body = { ...rejection(proposals.egress, { ...LIVE, revision: 2 }), rule: "never new hosts" };
    expect(await operator.request(body)).toMatchObject({ type: "done", revision: 2 });
    const { event } = await operator.event(({ event }) => event.type === "proposal-decided" && event.proposalId === id);
    expect(event).toMatchObject({ decision: { verdict: "rejected", rule: "never new hosts", scope: null, applied: null } });
  });

  test("a host without a route has no content settings to change", async () => {
    const none = await agent.call("pipelock-block", { host: "unknown.example.org", tls_passthrough: true, justification: "please" });
    expect(none).toMatchObject({ isError: true, text: expect.stringContaining("egress-block first") });
    const granted = await agent.call("pipelock-block", { host: KEPT.route.host, tls_passthrough: true, justification: "please" });
    expect(granted).toMatchObject({ isError: true, text: expect.stringContaining("for a while only") });
  });
});

test("where no other image can be given, none can be asked for", async () => {
  await using folder = await BundleFolder.create();
  await using bundle = await BundleProcess.start(folder);
  await using _operator = await ControlPeer.greeted(folder.socket);
  await using agent = await McpPeer.connect(bundle.supervisePort);
  expect((await agent.client.listTools()).tools.map(({ name }) => name)).not.toContain("capability-block");
  await expect(agent.call("capability-block", { dockerfile: DOCKERFILE, justification: "please" })).rejects.toMatchObject({ code: -32602 });
});
