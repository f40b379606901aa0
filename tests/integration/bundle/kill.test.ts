import { expect, test } from "vitest";
import type { Proposal } from "#common/domain/proposal.ts";
import { BundleFolder, route } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

const ROUNDS = 8;

function askedHost({ request }: Proposal): string | null {
  return request.kind === "egress-route" ? request.host : null;
}

/** Kills the bundle somewhere between the decision's arrival and its answer: `turns` of the event loop later. */
async function killSoon(bundle: BundleProcess, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  await bundle.kill();
}

test(`kill -9 around a decision, ${ROUNDS} times: all of it or nothing, told once, never decided twice (SUP-3, SUP-5)`, async () => {
  await using folder = await BundleFolder.create({ responseTimeoutSeconds: 0.01 });
  const filings = new Map<string, number>();
  const decisions = new Map<string, number>();
  let since = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, since);
    const { table } = operator.ready;
    const host = `host-${round}.example.org`;
    await using agent = await McpPeer.connect(bundle.supervisePort);
    await agent.egressBlock({ host, justification: "please" });
    const { event } = await operator.event(({ event }) => event.type === "proposal-filed" && askedHost(event.proposal) === host);
    const proposal = (event as { proposal: Proposal }).proposal;
    operator.send({
      type: "decide",
      id: 1,
      proposalId: proposal.id,
      digest: proposal.digest,
      seenRevision: table.revision,
      by: "op",
      note: "",
      outcome: { verdict: "approved", routes: [...table.routes, route(host)], applied: proposal.request, scope: { kind: "bottle" } },
    });
    await killSoon(bundle, round * 40);

    await using _again = await BundleProcess.start(folder);
    await using after = await ControlPeer.greeted(folder.socket, 0);
    const stored = after.ready.proposals.find(({ id }) => id === proposal.id);
    const live = after.ready.table.routes.some((live) => live.host === host);
    expect(stored?.status).toBe(live ? "approved" : "pending");
    expect(after.ready.table.revision).toBe(table.revision + (live ? 1 : 0));
    await after.until(() =>
      after.events.at(-1)?.seq === after.ready.lastSeq || (after.events.at(-1)?.seq ?? 0) > after.ready.lastSeq ? true : undefined,
    );
    since = after.events.at(-1)?.seq ?? 0;
    expect(after.events.map(({ seq }) => seq)).toEqual(after.events.map((_, index) => index + 1));
    filings.clear();
    decisions.clear();
    for (const { event } of after.events) {
      if (event.type === "proposal-filed") filings.set(event.proposal.id, (filings.get(event.proposal.id) ?? 0) + 1);
      if (event.type === "proposal-decided") decisions.set(event.proposalId, (decisions.get(event.proposalId) ?? 0) + 1);
    }
    expect([...filings.values()].every((count) => count === 1)).toBe(true);
    expect([...decisions.entries()].every(([, count]) => count === 1)).toBe(true);
    expect(decisions.has(proposal.id)).toBe(live);
  }
  expect(filings.size).toBe(ROUNDS);
});
