import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EgressDecision } from "#common/domain/decision.ts";
import type { MethodInput, MethodName, MethodOutput } from "#common/ipc/contract.ts";
import { methods } from "#common/ipc/contract.ts";
import { egressHandlers } from "../../../../main/app/egress-handlers.ts";
import type { Services } from "../../../../main/app/services.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { decision, NOW, route, startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
let slug: string;

type EgressMethod = Extract<MethodName, keyof ReturnType<typeof egressHandlers>>;

beforeEach(async () => {
  const auth = { scheme: "Bearer" as const, tokenRef: "API", inject: "always" as const };
  world = await testServices([route("api.example.org", { auth })]);
  world.secrets.set("API", "one");
  slug = await startDemo(world);
});
afterEach(() => world[Symbol.asyncDispose]());

/** As the router calls it: input and output in the contract's shape. */
async function ask<M extends EgressMethod>(
  method: M,
  input: MethodInput<M>,
  services: Services = world.services,
): Promise<MethodOutput<M>> {
  const handler = egressHandlers(services)[method] as (parsed: unknown) => Promise<unknown>;
  return methods[method].output.parse(await handler(methods[method].input.parse(input))) as MethodOutput<M>;
}

async function happened(...changes: Partial<EgressDecision>[]): Promise<void> {
  for (const each of changes) world.backend.bundle(slug).emit({ type: "egress-decision", decision: decision(each) });
  const last = world.backend.bundle(slug).journal.at(-1)?.seq ?? 0;
  await expect.poll(() => world.services.archive.lastSeq(slug), { timeout: 10_000 }).toBe(last);
}

describe("the egress queries of a window (EGR-7)", () => {
  it("all answer from the one record, in the contract's shape", async () => {
    const usage = { model: "claude-opus-4-5", input: 10, output: 20, cacheRead: 0, cacheWrite: 0 };
    await happened(
      { path: "/simple/a/" },
      { host: "api.example.org", tokenRef: "API", verdict: "allowed", rule: "route", time: NOW.toISOString(), usage },
    );
    expect(await ask("decisions.recent", { slug, limit: 1 })).toMatchObject([{ seq: 2 }]);
    const query = { slug, text: "no-route", verdict: null, before: null, limit: 10 };
    expect(await ask("decisions.search", query)).toMatchObject({ decisions: [{ seq: 1 }], searched: 2 });
    const supposed = { slug, host: "packages.example.org", methods: ["GET"], pathAllowlist: ["/simple/"] };
    expect(await ask("decisions.what-if", supposed)).toMatchObject({ allowed: 1, refused: 0 });
    expect((await ask("traffic.series", { slug, minutes: 5 })).hosts.map(({ host }) => host)).toEqual([
      "api.example.org",
      "packages.example.org",
    ]);
    expect(await ask("credentials.activity", { slug })).toMatchObject({
      credentials: [{ tokenRef: "API", uses: 1, hosts: [{ host: "api.example.org", live: true }] }],
    });
    expect(await ask("usage.today", { slug })).toMatchObject({ tokens: 30, state: "within" });
    expect((await ask("decisions.export", { slug })).file).toContain(`${world.home.root}/exports/${slug}-`);
  });

  it("answer for a bottle that is not there with nothing, and for what is no route with the reason", async () => {
    expect(await ask("decisions.search", { slug: "gone-aaaaa", text: "", verdict: null, before: null, limit: 10 })).toMatchObject({
      decisions: [],
      searched: 0,
    });
    expect(await ask("credentials.activity", { slug: "gone-aaaaa" })).toEqual({ cuts: { all: false, refs: [] }, credentials: [] });
    await expect(ask("decisions.what-if", { slug, host: "10.0.0.1", methods: null, pathAllowlist: [] })).rejects.toMatchObject({
      code: "bad-input",
    });
  });

  it("a cut answers once the bundle has it, shows in every client, and is no success where it could not be made", async () => {
    await ask("credentials.cut", { slug, cuts: { all: false, refs: ["API", "API"] } });
    expect(world.backend.bundle(slug).cuts).toEqual({ all: false, refs: ["API"] });
    const other = world.another();
    await other.links.get(slug).connected(10_000);
    expect(await ask("credentials.activity", { slug }, other)).toMatchObject({ cuts: { refs: ["API"] }, credentials: [{ cut: true }] });
    world.backend.bundle(slug).failing.set("set-cuts", "disk full");
    await expect(ask("credentials.cut", { slug, cuts: { all: false, refs: [] } })).rejects.toThrow("disk full");
    await expect(ask("credentials.cut", { slug: "gone-aaaaa", cuts: { all: true, refs: [] } })).rejects.toMatchObject({
      code: "not-found",
    });
  });
});
