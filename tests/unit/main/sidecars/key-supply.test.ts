import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gateRepo, makePrivateKey } from "../../../support/git-samples.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { startDemo, testServices } from "../../../support/test-services.ts";

const KEY = makePrivateKey();

let world: TestServices;

beforeEach(async () => {
  world = await testServices(
    [],
    { BOT_BOTTLE_GIT_KEY_LIFETIME_SECONDS: "90" },
    {
      repos: [gateRepo(), gateRepo({ name: "lib" })],
      identities: { app: { kind: "secret", ref: "APP_KEY" }, lib: { kind: "secret", ref: "LIB_KEY" } },
    },
  );
  world.secrets.set("APP_KEY", KEY);
  world.secrets.set("LIB_KEY", KEY);
});
afterEach(() => world[Symbol.asyncDispose]());

function given(slug: string): string[][] {
  return world.backend.bundle(slug).received.flatMap((frame) => (frame.type === "set-keys" ? [Object.keys(frame.keys)] : []));
}

async function until(slug: string, condition: () => boolean): Promise<void> {
  const { changed } = world.services.links.get(slug);
  while (!condition()) {
    await new Promise<void>((resolve) => {
      const listening = changed.subscribe(() => {
        listening[Symbol.dispose]();
        resolve();
      });
    });
  }
}

describe("the keys of a bundle (SSH-4)", () => {
  it("are in before a start is done, with their time limit", async () => {
    const slug = await startDemo(world);
    const bundle = world.backend.bundle(slug);
    expect([...bundle.keys]).toEqual([
      ["app", KEY],
      ["lib", KEY],
    ]);
    const frame = bundle.received.find(({ type }) => type === "set-keys");
    expect(frame).toMatchObject({ keys: { app: { lifetimeSeconds: 90 } } });
  });

  it("end a start that cannot give one, by name", async () => {
    world.secrets.delete("LIB_KEY");
    await expect(startDemo(world)).rejects.toMatchObject({
      code: "secret-missing",
      message: expect.stringContaining("The key of lib, the secret LIB_KEY, is not set"),
    });
    expect(world.backend.bottles.size).toBe(0);
  });

  it("of other repositories are given where one cannot be had", async () => {
    const slug = await startDemo(world);
    const bundle = world.backend.bundle(slug);
    world.secrets.delete("APP_KEY");
    bundle.tellGate("restarting");
    bundle.expireKey("app");
    bundle.expireKey("lib");
    bundle.tellGate("healthy");
    while (!bundle.keys.has("lib"))
      await new Promise<void>((resolve) => void world.services.links.get(slug).changed.subscribe(() => resolve()));
    expect([...bundle.keys.keys()]).toEqual(["lib"]);
    await expect(world.services.links.get(slug).keysIn(1000)).rejects.toMatchObject({ code: "secret-missing" });
  });

  it("end a start whose gate does not take them", async () => {
    const start = await world.services.starter.begin({ agent: "demo", workspace: null }, () => {
      for (const [, { bundle }] of world.backend.bottles) bundle?.failing.set("set-keys", "the ssh-agent did not take the key of app");
    });
    await expect(start.finished).rejects.toMatchObject({ message: "the ssh-agent did not take the key of app" });
  });

  it("are given again once their time is over, those alone", async () => {
    const slug = await startDemo(world);
    world.backend.bundle(slug).expireKey("lib");
    await until(
      slug,
      () => world.services.links.get(slug).view?.repos.every(({ key }) => key === "ready") === true && given(slug).length === 2,
    );
    expect(given(slug)).toEqual([["app", "lib"], ["lib"]]);
  });

  it("are given to a bundle that restarted by whoever connects; where that fails, when it next tells of its gate", async () => {
    const slug = await startDemo(world);
    await world.services.links.drop(slug);
    const bundle = world.backend.bundle(slug);
    bundle.failing.set("set-keys", "no agent");
    bundle.expireKey("app");
    const link = world.another().links.get(slug);
    await link.connected(1000);
    expect(given(slug)).toEqual([["app", "lib"], ["app"]]);
    await expect(link.keysIn(1000)).rejects.toMatchObject({ message: "no agent" });
    bundle.failing.clear();
    bundle.tellGit();
    while (!bundle.keys.has("app")) await new Promise<void>((resolve) => void link.changed.subscribe(() => resolve()));
    expect(given(slug)).toEqual([["app", "lib"], ["app"], ["app"]]);
  });

  it("do not close the link where one cannot be had; putting it right is enough", async () => {
    const slug = await startDemo(world);
    world.secrets.delete("APP_KEY");
    const bundle = world.backend.bundle(slug);
    bundle.expireKey("app");
    await until(slug, () => world.services.links.get(slug).view?.repos[0]?.key === "expired");
    expect(world.services.links.get(slug).state).toBe("connected");
    world.secrets.set("APP_KEY", KEY);
    bundle.tellGit();
    await world.services.links.get(slug).keysIn(5000);
    expect(bundle.keys.get("app")).toBe(KEY);
  });

  it("wait for a gate that is still starting, and again after it was restarted", async () => {
    const slug = await startDemo(world);
    const bundle = world.backend.bundle(slug);
    bundle.tellGate("restarting");
    bundle.expireKey("app");
    bundle.expireKey("lib");
    await until(slug, () => world.services.links.get(slug).view?.repos.every(({ key }) => key === "expired") === true);
    expect(given(slug)).toHaveLength(1);
    bundle.tellGate("healthy");
    await world.services.links.get(slug).keysIn(5000);
    expect(given(slug)).toEqual([
      ["app", "lib"],
      ["app", "lib"],
    ]);
    bundle.tellGate("failed");
    bundle.expireKey("app");
    await expect(world.services.links.get(slug).keysIn(5000)).rejects.toMatchObject({
      message: expect.stringContaining("does not run: no git"),
    });
  });
});
