import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestServices } from "../../../support/test-services.ts";
import { decision, route, startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
let slug: string;

beforeEach(async () => {
  world = await testServices([route("api.example.org", { auth: { scheme: "Bearer", tokenRef: "API_TOKEN", inject: "always" } })]);
  world.secrets.set("API_TOKEN", "value");
  slug = await startDemo(world);
});
afterEach(() => world[Symbol.asyncDispose]());

async function until(condition: () => boolean) {
  const link = world.services.links.get(slug);
  while (!condition()) {
    await new Promise<void>((resolve) => {
      const changed = link.changed.subscribe(() => {
        changed[Symbol.dispose]();
        resolve();
      });
    });
  }
}

describe("the link to a bundle", () => {
  it("connects again after the bundle restarted, and gives it the credentials it lost (SID-3, SID-4)", async () => {
    const link = world.services.links.get(slug);
    const bundle = world.backend.bundle(slug);
    bundle.secrets.clear();
    bundle.cut();
    await until(() => link.state === "lost");
    await until(() => link.state === "connected");
    expect(bundle.secrets.get("API_TOKEN")).toBe("value");
  });

  it("does not swap a credential the bundle holds for another client's (SID-4)", async () => {
    world.secrets.set("API_TOKEN", "another environment's");
    await world.another().links.get(slug).connected(1000);
    expect(world.backend.bundle(slug).secrets.get("API_TOKEN")).toBe("value");
  });

  it("archives every event once, however many clients there are, and acknowledges what is kept (EGR-7, D6)", async () => {
    const other = world.another();
    await other.links.get(slug).connected(1000);
    const bundle = world.backend.bundle(slug);
    for (let index = 0; index < 20; index++) bundle.emit({ type: "egress-decision", decision: decision({ path: `/${index}` }) });
    await until(() => world.services.links.get(slug).view?.seq === 20);
    await Promise.all([world.services, other].map(({ links }) => links.get(slug).kept()));
    expect((await world.services.archive.read(slug)).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 20 }, (_each, index) => index + 1),
    );
    expect(bundle.acked).toBe(20);
  });

  it("keeps what could not be kept before what came after it, and acknowledges nothing until then (SUP-7, D6)", async () => {
    const { audit, archive, links } = world.services;
    const bundle = world.backend.bundle(slug);
    const { record } = audit;
    audit.record = () => Promise.reject(new Error("ENOSPC: no space left on device"));
    const after = { revision: 2, routes: [], grants: [] };
    bundle.emit({ type: "routes-set", by: "someone", note: "", before: { ...after, revision: 1 }, after });
    await until(() => links.get(slug).view?.seq === 1);
    await links.get(slug).kept();
    expect(bundle.acked).toBe(0);
    audit.record = record;
    bundle.emit({ type: "egress-decision", decision: decision() });
    await until(() => links.get(slug).view?.seq === 2);
    await links.get(slug).kept();
    await expect.poll(() => bundle.acked).toBe(2);
    expect((await archive.read(slug)).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(await audit.list(slug)).toMatchObject([{ subject: "routes:2", action: "operator-edit" }]);
  });

  it("fetches what happened while nobody was connected", async () => {
    await world.services.links.drop(slug);
    world.backend.bundle(slug).emit({ type: "egress-decision", decision: decision() });
    const link = world.another().links.get(slug);
    await link.connected(1000);
    while ((await world.services.archive.lastSeq(slug)) < 1) await link.kept();
    expect(await world.services.archive.read(slug)).toHaveLength(1);
  });

  it.each([
    ["another bottle's bundle", { protocol: 1, slug: "other-aaaaa" }, "it is the bundle of other-aaaaa"],
    ["another protocol", { protocol: 99, slug: "" }, "it speaks protocol 99"],
  ])("gives nothing to %s (SID-3)", async (_name, greeting, message) => {
    const bundle = world.backend.bundle(slug);
    bundle.secrets.clear();
    bundle.greeting = { ...greeting, slug: greeting.slug || slug };
    const other = world.another();
    await expect(other.links.get(slug).connected(1000)).rejects.toMatchObject({
      code: "protocol",
      message: expect.stringContaining(message),
    });
    expect(bundle.secrets.size).toBe(0);
  });

  it("says in time that a bundle does not answer", async () => {
    world.backend.bundle(slug).deaf.add("hello");
    await expect(world.another().links.get(slug).connected(50)).rejects.toMatchObject({ code: "bundle-unreachable" });
  });
});
