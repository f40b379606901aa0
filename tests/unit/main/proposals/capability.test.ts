import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { proposal, route, startDemo, testServices } from "../../../support/test-services.ts";

const DOCKERFILE = "FROM bot-bottle-agent\nRUN apt-get install -y jq\n";

let world: TestServices;
let slug: string;
let asked: Proposal;

beforeEach(async () => {
  world = await testServices([route("api.example.org")]);
  slug = await startDemo(world);
  asked = proposal(slug, { kind: "capability", dockerfile: DOCKERFILE });
  world.backend.bundle(slug).file(asked);
  await until(() => link().view?.proposals.length === 1);
});
afterEach(() => world[Symbol.asyncDispose]());

const link = (services = world.services) => services.links.get(slug);
const basis = (services = world.services) => ({
  id: asked.id,
  digest: asked.digest,
  seenRevision: link(services).view?.table.revision ?? 0,
  note: "go on",
});
const sent = () => world.backend.bundle(slug).received.flatMap(({ type }) => (type === "ack" ? [] : [type]));

async function until(holds: () => boolean, services = world.services) {
  while (!holds()) await new Promise<void>((resolve) => void link(services).changed.subscribe(() => resolve()));
}

const claims = (count: number) =>
  vi.waitFor(() => expect(sent().filter((type) => type === "claim-proposal").length).toBeGreaterThanOrEqual(count), 20_000);

/** After the connection broke, and with it what was claimed by it, and the new one claimed anew. */
async function reconnected() {
  const bundle = world.backend.bundle(slug);
  bundle.releaseClaims();
  bundle.cut();
  await claims(2);
}

it("shows the Dockerfile against the one that the agent runs on, and what past requests cannot say (SUP-4)", async () => {
  const view = await world.services.inbox.view(asked.id, null);
  expect(view).toMatchObject({ language: "dockerfile", before: "FROM bot-bottle-agent\n", after: DOCKERFILE, replay: null, blocked: null });
  expect(view.scopes).toEqual(["bottle"]);
  expect(view.writeBackProblem).toContain("agent_provider.dockerfile");
});

it("claims, builds, moves the agent, and only then decides; told step by step (SUP-5)", async () => {
  const seen: string[] = [];
  world.services.inbox.applying.changed.subscribe(() => {
    const [applying] = world.services.inbox.applying.list();
    seen.push(applying === undefined ? "over" : `${applying.steps.find(({ state }) => state === "running")?.name} ${applying.cancellable}`);
  });
  const { proposal: decided } = await world.services.inbox.approve(basis(), null);
  expect(decided).toMatchObject({ status: "approved", decision: { appliedRevision: null, scope: { kind: "bottle" } } });
  expect(sent().slice(-2)).toEqual(["claim-proposal", "decide"]);
  expect(world.backend.replacements).toMatchObject([{ slug, dockerfile: DOCKERFILE }]);
  expect(world.backend.bundle(slug).table.revision).toBe(1);
  expect([seen.includes("build true"), seen.at(-2), seen.at(-1)]).toEqual([true, "undefined false", "over"]);
  await link().kept();
  expect(await world.services.audit.list(slug)).toMatchObject([
    { component: "bottle", action: "approved", after: DOCKERFILE, note: "go on" },
  ]);
});

it("decides upon the routes as they are once it is built (SUP-4)", async () => {
  world.backend.onReplace = async () => {
    const before = world.backend.bundle(slug).table;
    const after = { ...before, revision: 2 };
    world.backend.bundle(slug).table = after;
    world.backend.bundle(slug).emit({ type: "routes-set", by: "someone", note: "", before, after });
  };
  const { proposal: decided } = await world.services.inbox.approve(basis(), null);
  expect(decided.decision?.seenRevision).toBe(2);
});

it("tells both sides that a build failed, and stays open (SUP-5)", async () => {
  world.backend.onReplace = async () => {
    throw new OperatorError("image-missing", { message: "RUN apt-get: no package jqq" });
  };
  await expect(world.services.inbox.approve(basis(), null)).rejects.toThrow("no package jqq");
  await until(() => link().view?.proposals[0]?.failure != null);
  expect(await world.services.inbox.find(asked.id)).toMatchObject({
    status: "pending",
    failure: { message: "RUN apt-get: no package jqq" },
  });
  expect(sent().slice(-3)).toEqual(["claim-proposal", "report-failure", "claim-proposal"]);
  await link().kept();
  expect(await world.services.audit.list(slug)).toMatchObject([{ component: "proposals", action: "not-applied" }]);
  world.backend.onReplace = async () => undefined;
  expect((await world.services.inbox.approve(basis(), null)).proposal.status).toBe("approved");
});

it.each([
  new Error("ENOENT: /home/operator/secret-place"),
  new OperatorError("conflict", { message: "Another process is still busy with /home/operator/secret-place" }),
])("tells the agent nothing of this machine: $message", async (error) => {
  world.backend.onReplace = () => Promise.reject(error);
  await expect(world.services.inbox.approve(basis(), null)).rejects.toThrow("secret-place");
  await until(() => link().view?.proposals[0]?.failure != null);
  expect(link().view?.proposals[0]?.failure?.message).not.toContain("secret-place");
});

it("is cancelled without a word to the agent, and stays open (UI-4)", async () => {
  world.backend.onReplace = async (signal) => {
    world.services.inbox.applying.cancel(asked.id);
    signal.throwIfAborted();
  };
  await expect(world.services.inbox.approve(basis(), null)).rejects.toMatchObject({ code: "cancelled" });
  expect(sent()).not.toContain("report-failure");
  expect(world.services.inbox.applying.list()).toEqual([]);
  expect(() => world.services.inbox.applying.cancel(asked.id)).toThrow("not being carried out here");
});

it("is nobody else's to decide meanwhile (SUP-4)", async () => {
  const other = world.another();
  await other.links.get(slug).connected(5000);
  const problems: unknown[] = [];
  world.backend.onReplace = async () => {
    await other.inbox.reject(basis(other)).catch((error: unknown) => problems.push(error));
    await other.inbox.approve(basis(other), null).catch((error: unknown) => problems.push(error));
    await world.services.inbox.approve(basis(), null).catch((error: unknown) => problems.push(error));
    await world.services.inbox.reject(basis()).catch((error: unknown) => problems.push(error));
  };
  await world.services.inbox.approve(basis(), null);
  expect(problems).toMatchObject([{ code: "already-decided" }, { code: "already-decided" }, { code: "conflict" }, { code: "conflict" }]);
  expect(world.backend.replacements).toHaveLength(1);
});

it("does not move the agent where somebody decided while the connection was lost (SUP-4)", async () => {
  world.backend.onReplace = async () => {
    world.backend.bundle(slug).releaseClaims();
    const other = world.another();
    await other.links.get(slug).connected(5000);
    await other.inbox.reject(basis(other));
  };
  await expect(world.services.inbox.approve(basis(), null)).rejects.toThrow(/decided by .* goes on as it was/);
  expect(world.backend.replacements).toEqual([]);
  expect(sent()).not.toContain("report-failure");
});

it("claims again on a new connection, so that nobody decides in the middle of a build (SUP-4)", async () => {
  const problems: unknown[] = [];
  world.backend.onReplace = async () => {
    await reconnected();
    const other = world.another();
    await other.links.get(slug).connected(5000);
    await other.inbox.reject(basis(other)).catch((error: unknown) => problems.push(error));
  };
  expect((await world.services.inbox.approve(basis(), null)).proposal.status).toBe("approved");
  expect(problems).toMatchObject([{ code: "already-decided" }]);
});

it("does not move the agent while another holds the proposal, and waits for a lost connection's own claim to end (SUP-4)", async () => {
  const bundle = world.backend.bundle(slug);
  const other = world.another();
  const rival = await other.links.get(slug).connected(5000);
  const claim = { type: "claim-proposal", proposalId: asked.id, digest: asked.digest } as const;
  world.backend.onReplace = async () => {
    bundle.releaseClaims();
    await rival.request({ ...claim, held: true });
  };
  const approving = world.services.inbox.approve(basis(), null);
  await claims(3);
  expect(world.backend.replacements).toEqual([]);
  await rival.request({ ...claim, held: false });
  expect((await approving).proposal.status).toBe("approved");
});

it("takes an edit, and refuses one that is no such Dockerfile", async () => {
  const edit = { kind: "capability", dockerfile: "FROM evil.example.org/image\nRUN true\n" } as const;
  await expect(world.services.inbox.approve(basis(), edit)).rejects.toMatchObject({ code: "bad-input" });
  const mended = { kind: "capability", dockerfile: `${DOCKERFILE}RUN apt-get install -y ripgrep\n` } as const;
  await world.services.inbox.approve(basis(), mended);
  expect(world.backend.replacements).toMatchObject([{ dockerfile: mended.dockerfile }]);
});

it("has no span of minutes, and nothing for the manifest", async () => {
  const { inbox } = world.services;
  await expect(inbox.approve(basis(), null, { scope: { kind: "minutes", minutes: 5 } })).rejects.toMatchObject({ code: "bad-input" });
  await expect(inbox.approve(basis(), null, { writeBack: "x" })).rejects.toMatchObject({ code: "bad-input" });
});
