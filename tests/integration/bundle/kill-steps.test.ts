import { expect, test } from "vitest";
import type { EgressRequest, Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { BundleEvent, NumberedEvent } from "#common/wire/control.ts";
import { BundleFolder, route } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import type { RequestBody } from "../../support/bundle/control-peer.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { approval, filed, grant, rejection, requests, routesSet } from "../../support/bundle/decisions.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

const PERMANENT: RouteTable = { revision: 1, routes: [route("allowed.example")], grants: [] };
/** More steps than any change takes: whatever gets there without dying has been visited at every one. */
const MAX_STEPS = 20;

interface Scene {
  readonly operator: ControlPeer;
  readonly bundle: BundleProcess;
  readonly proposal: Proposal;
}

/** What is durable, as a client finds it. */
interface Found {
  readonly table: RouteTable;
  readonly cuts: readonly string[];
  readonly proposals: readonly Proposal[];
  readonly events: readonly BundleEvent[];
}

interface Change {
  readonly name: string;
  /** Rejects, or never resolves, when the bundle dies on the way. */
  carryOut(scene: Scene): Promise<unknown>;
  /** Whether the change is there, whole; throws when half of it is. */
  isThere(found: Found, proposal: Proposal): boolean;
}

const asked = (operator: ControlPeer, body: RequestBody): Promise<unknown> => operator.request(body);
const countOf = ({ events }: Found, type: BundleEvent["type"]): number => events.filter((event) => event.type === type).length;

function askingFor(host: string): EgressRequest {
  return { kind: "egress-route", host, methods: null, pathAllowlist: [], auth: null };
}

const CHANGES: readonly Change[] = [
  {
    name: "a filing",
    carryOut: async ({ bundle }) => {
      await using agent = await McpPeer.connect(bundle.supervisePort);
      await agent.egressBlock({ host: "second.example.org", justification: "please" });
    },
    isThere: (found) => {
      expect(countOf(found, "proposal-filed")).toBe(found.proposals.length);
      return found.proposals.length === 2;
    },
  },
  {
    name: "an approval",
    carryOut: ({ operator, proposal }) =>
      asked(operator, approval(proposal, PERMANENT, { routes: [...PERMANENT.routes, route("first.example.org")] })),
    isThere: (found, { id }) => {
      const approved = found.table.routes.some(({ host }) => host === "first.example.org");
      expect(found.proposals.find((each) => each.id === id)?.status).toBe(approved ? "approved" : "pending");
      expect(found.table.revision).toBe(approved ? 2 : 1);
      expect(countOf(found, "proposal-decided")).toBe(approved ? 1 : 0);
      return approved;
    },
  },
  {
    name: "a rejection",
    carryOut: ({ operator, proposal }) => asked(operator, rejection(proposal, PERMANENT)),
    isThere: (found, { id }) => {
      const rejected = found.proposals.find((each) => each.id === id)?.status === "rejected";
      expect(countOf(found, "proposal-decided")).toBe(rejected ? 1 : 0);
      return rejected;
    },
  },
  {
    name: "a grant and its use",
    carryOut: async ({ operator, proposal }) => {
      const grants = [grant(proposal.id, "used.test", requests(3))];
      const applied = askingFor("used.test");
      await asked(operator, approval(proposal, PERMANENT, { grants, applied, scope: { kind: "requests", requests: 3 } }));
      // Answered after the use was written down.
      await asked(operator, routesSet({ ...PERMANENT, revision: 2, grants }, {}));
    },
    isThere: (found) => {
      const [kept] = found.table.grants;
      expect(found.table.revision).toBeGreaterThanOrEqual(kept === undefined ? 1 : 2);
      if (found.table.revision === 3) expect(kept).toMatchObject({ limit: { left: 2 } });
      return found.table.revision === 3;
    },
  },
  {
    name: "a grant's end",
    carryOut: async ({ operator, proposal }) => {
      const grants = [grant(proposal.id, "used-up.test", requests(2))];
      const applied = askingFor("used-up.test");
      await asked(operator, approval(proposal, PERMANENT, { grants, applied, scope: { kind: "requests", requests: 2 } }));
      await operator.event(({ event }) => event.type === "grant-ended");
    },
    // After a restart nothing is left of a grant that was used up; one that came back unused was never used.
    isThere: (found) => {
      const ended = countOf(found, "grant-ended");
      expect(ended).toBe(found.table.revision === 3 ? 1 : 0);
      if (ended === 1) expect(found.table.grants).toEqual([]);
      return ended === 1;
    },
  },
  {
    name: "a cut",
    carryOut: ({ operator }) => asked(operator, { type: "set-cuts", cuts: { all: false, refs: ["A_TOKEN"] }, by: "op" }),
    isThere: (found) => {
      const cut = found.cuts.includes("A_TOKEN");
      expect(countOf(found, "cuts-set")).toBe(cut ? 1 : 0);
      return cut;
    },
  },
  {
    name: "a failure",
    carryOut: ({ operator, proposal: { id, digest } }) =>
      asked(operator, { type: "report-failure", proposalId: id, digest, message: "no disk" }),
    isThere: (found, { id }) => {
      const proposal = found.proposals.find((each) => each.id === id);
      expect(proposal?.status).toBe("pending");
      expect(countOf(found, "proposal-failed")).toBe(proposal?.failure == null ? 0 : 1);
      return proposal?.failure != null;
    },
  },
];

/** Everything that a client is told after a start, checked for gaps. */
async function look(folder: BundleFolder): Promise<Found> {
  await using _bundle = await BundleProcess.start(folder);
  await using operator = await ControlPeer.greeted(folder.socket, 0);
  const { lastSeq, table, cuts, proposals } = operator.ready;
  await operator.until(() => ((operator.events.at(-1)?.seq ?? 0) >= lastSeq ? true : undefined));
  const told: NumberedEvent[] = operator.events;
  expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => index + 1));
  return { table, cuts: cuts.refs, proposals, events: told.map(({ event }) => event) };
}

/** Whether the bundle survived the change when it was to die at this step. */
async function dieAt(step: number, change: Change): Promise<boolean> {
  await using folder = await BundleFolder.create({ table: PERMANENT, responseTimeoutSeconds: 0.01 });
  await using bundle = await BundleProcess.startMortal(folder, step);
  await using operator = await ControlPeer.greeted(folder.socket, 0);
  {
    await using agent = await McpPeer.connect(bundle.supervisePort);
    await agent.egressBlock({ host: "first.example.org", justification: "please" });
  }
  const proposal = await filed(operator);
  await bundle.arm();
  const died = bundle.exited.then(() => "died" as const);
  const done = change.carryOut({ operator, bundle, proposal }).then(
    () => "done" as const,
    () => died,
  );
  const outcome = await Promise.race([done, died]);
  await bundle.kill();
  const found = await look(folder);
  const there = change.isThere(found, proposal);
  if (outcome === "done") expect(there, "what was answered is there").toBe(true);
  return outcome === "done";
}

test.each(CHANGES)("kill -9 at every step on disk of $name: all of it or nothing, told once (SUP-3, SUP-5)", async (change) => {
  let step = 1;
  while (!(await dieAt(step, change))) step += 1;
  expect(step).toBeGreaterThan(2);
  expect(step).toBeLessThan(MAX_STEPS);
});
