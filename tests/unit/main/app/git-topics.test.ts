import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import { methods, topics } from "#common/ipc/contract.ts";
import type { Application } from "../../../../main/app/application.ts";
import { startApplication } from "../../../../main/app/live-application.ts";
import type { ManifestHandlers } from "../../../../main/app/manifest-handlers.ts";
import type { SecretHandlers } from "../../../../main/app/secret-handlers.ts";
import type { TerminalHandlers } from "../../../../main/ipc/handlers.ts";
import { createTopicBus } from "../../../../main/ipc/topic-bus.ts";
import { gateRepo, heldPush, makePrivateKey, pushFinding, pushRecord } from "../../../support/git-samples.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
let application: Application;
let slug: string;
const told: { topic: TopicName; payload: unknown }[] = [];
let onTold = (): void => undefined;

beforeEach(async () => {
  world = await testServices([], {}, { repos: [gateRepo()], identities: { app: { kind: "secret", ref: "APP_KEY" } } });
  world.secrets.set("APP_KEY", makePrivateKey());
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
  slug = await startDemo({ services: world.another() });
  await heard("git", ({ repos }) => repos[0]?.key === "ready");
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

describe("the gates of all bottles, for a window (GIT-6)", () => {
  it("a held push waits with the bottle's proposals, is decided, and stays in the record", async () => {
    const held = heldPush(slug);
    world.backend.bundle(slug).hold(held);
    await heard("pushes", ([first]) => first?.status === "held");
    await heard("bottles", ([bottle]) => bottle?.pending === 1);
    await heard("push", ({ push }) => push.id === held.push.id && push.verdict === "held");
    const view = await application.handlers["pushes.view"]({ id: held.push.id });
    expect(methods["pushes.view"].output.parse(view)).toEqual(view);
    const allowedFindings = [pushFinding().fingerprint];
    await application.handlers["pushes.forward"]({ id: held.push.id, digest: held.digest, note: "", allowedFindings });
    await heard("pushes", ([first]) => first?.status === "forwarded");
    await heard("push", ({ push }) => push.verdict === "forwarded" && push.id === held.push.id);
    const gate = await application.handlers["git.get"]({ slug, limit: 10 });
    expect(methods["git.get"].output.parse(gate)).toMatchObject({
      repos: [{ name: "app" }],
      pushes: [{ id: held.push.id, verdict: "forwarded" }],
    });
    expect(await application.handlers["pushes.list"]({})).toMatchObject([{ status: "forwarded" }]);
  });

  it("a refused push shows until it is put away, in every window", async () => {
    const push = pushRecord(slug, 1, { verdict: "refused", rule: "finding" });
    world.backend.bundle(slug).emit({ type: "push", push });
    await heard("refusals", ([first]) => first?.push.id === push.id);
    expect(await application.handlers["pushes.refusals"]({})).toHaveLength(1);
    await application.handlers["pushes.dismiss"]({ ids: [push.id] });
    expect(await application.handlers["pushes.refusals"]({})).toEqual([]);
    expect(told.findLast(({ topic }) => topic === "refusals")?.payload).toEqual([]);
  });

  it("a flood of pushes is told one by one and read together", async () => {
    const events = Array.from({ length: 60 }, (_each, index) => ({ type: "push" as const, push: pushRecord(slug, index + 1) }));
    world.backend.bundle(slug).emit(...events);
    await heard("push", ({ push }) => push.id === `${slug}.g60`);
    expect((await application.handlers["git.get"]({ slug, limit: 50 })).pushes.map(({ id }) => id)[0]).toBe(`${slug}.g60`);
  });

  it("a refresh is asked of the gate, and of none that is not there", async () => {
    await application.handlers["git.refresh"]({ slug, repo: "app" });
    await heard("git", ({ repos }) => repos[0]?.refresh === "ok");
    await expect(application.handlers["git.refresh"]({ slug: "demo-zzzzz", repo: "app" })).rejects.toMatchObject({ code: "not-found" });
  });

  it("held pushes go with the bottle and say so", async () => {
    world.backend.bundle(slug).hold(heldPush(slug));
    await heard("pushes", ([first]) => first?.status === "held");
    await application.handlers["bottles.stop"]({ slug });
    await heard("pushes", ([first]) => first?.status === "withdrawn");
  });
});
