import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import { topics } from "#common/ipc/contract.ts";
import type { Application } from "../../../../main/app/application.ts";
import { egressHandlers } from "../../../../main/app/egress-handlers.ts";
import { startApplication } from "../../../../main/app/live-application.ts";
import type { ManifestHandlers } from "../../../../main/app/manifest-handlers.ts";
import type { SecretHandlers } from "../../../../main/app/secret-handlers.ts";
import type { TerminalHandlers } from "../../../../main/ipc/handlers.ts";
import { createTopicBus } from "../../../../main/ipc/topic-bus.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { decision, proposal, route, startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
let application: Application;
const told: { topic: TopicName; payload: unknown }[] = [];
let onTold = (): void => undefined;

beforeEach(async () => {
  world = await testServices([route("api.example.org")]);
  told.length = 0;
  const bus = createTopicBus();
  bus.subscribe((topic, payload) => {
    // What leaves for a window is of the contract's shape.
    topics[topic].parse(payload);
    told.push({ topic, payload });
    onTold();
  });
  application = await startApplication({
    services: world.services,
    bus,
    terminals: {} as TerminalHandlers,
    secrets: {} as SecretHandlers,
    watchSecrets: async () => ({ [Symbol.dispose]: () => undefined }),
    manifests: {} as ManifestHandlers,
    listManifests: async () => ({ bottles: [], agents: [], errors: [], warnings: [] }),
    watchManifests: () => ({ [Symbol.dispose]: () => undefined }),
  });
});
afterEach(async () => {
  await application[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** Waits until the topic tells something that holds. */
async function heard<T extends TopicName>(topic: T, holds: (payload: TopicPayload<T>) => boolean): Promise<void> {
  while (!told.some((each) => each.topic === topic && holds(each.payload as TopicPayload<T>))) {
    await new Promise<void>((resolve) => {
      onTold = resolve;
    });
  }
}

describe("the application", () => {
  it("tells at once what another client starts, sees and stops (CLI-1, SID-3)", async () => {
    const cli = { services: world.another() };
    const slug = await startDemo(cli);
    await heard("bottles", (bottles) =>
      bottles.some((each) => each.slug === slug && each.state === "running" && each.link === "connected"),
    );
    const bundle = world.backend.bundle(slug);
    bundle.emit({ type: "egress-decision", decision: decision() });
    await heard("decisions", ({ decisions }) => decisions.length === 1);
    await heard("bottles", ([bottle]) => bottle?.refused === 1 && bottle.lastRefusal !== null);
    bundle.file(proposal(slug));
    await heard("bottles", ([bottle]) => bottle?.pending === 1);
    await cli.services.links.get(slug).connected(1000);
    const { id, digest } = proposal(slug);
    await cli.services.inbox.approve({ id, digest, seenRevision: 1, note: "" }, null);
    await heard("routes", ({ table }) => table.revision === 2);
    await heard("proposal-changes", ({ changed }) => changed.some(({ status }) => status === "approved"));
    expect(await application.handlers["routes.get"]({ slug })).toMatchObject({ table: { revision: 2 }, counts: [{ refused: 1 }] });
    await egressHandlers(cli.services)["credentials.cut"]({ slug, cuts: { all: true, refs: [] } });
    await heard("cuts", ({ cuts }) => cuts.all);
    await cli.services.stopper.stop(slug);
    await heard("bottles", ([bottle]) => bottle?.state === "stopped");
    await application.handlers["bottles.remove"]({ slug });
    await heard("bottles", (bottles) => bottles.length === 0);
  });

  it("starts with steps, and keeps a failed start in view until it is removed (BTL-1, UI-4)", async () => {
    world.backend.launchError = new Error("no space left");
    const { slug } = await application.handlers["bottles.start"]({ agent: "demo", workspace: null });
    await heard("start", ({ steps }) => steps.some(({ state }) => state === "failed"));
    await heard("bottles", ([bottle]) => bottle?.state === "error" && bottle.problem === "no space left");
    await application.handlers["bottles.remove"]({ slug });
    expect(await application.handlers["bottles.list"]({})).toEqual([]);
  });

  it("cancels its own start without a trace (BTL-5)", async () => {
    world.backend.onLaunch = () => void application.handlers["bottles.cancel-start"]({ slug: world.backend.plans[0]!.slug });
    const { slug } = await application.handlers["bottles.start"]({ agent: "demo", workspace: null });
    await heard("start", ({ steps }) => steps.some(({ state }) => state === "cancelled"));
    await heard("bottles", (bottles) => bottles.every((each) => each.slug !== slug));
    expect(world.backend.bottles.size).toBe(0);
  });

  it("answers for the engine, also without one", async () => {
    expect(await application.handlers["engine.status"]({})).toMatchObject({ state: "ready" });
    world.backend.available = false;
    expect(await application.handlers["engine.status"]({})).toMatchObject({ state: "unavailable", problem: "no engine answers" });
  });

  it("says why a stopped bottle's sidecars cannot be asked", async () => {
    const slug = await startDemo(world);
    await world.services.stopper.stop(slug);
    await expect(application.handlers["sidecars.restart"]({ slug, daemon: "egress" })).rejects.toMatchObject({
      code: "bundle-unreachable",
    });
  });
});
