import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Services } from "../../../../main/app/services.ts";
import { list } from "../../../../main/cli/commands/list.ts";
import type { Command } from "../../../../main/cli/context.ts";
import { Output } from "../../../../main/cli/output.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { proposal, startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
let slug: string;

beforeEach(async () => {
  world = await testServices();
  slug = await startDemo(world);
});
afterEach(() => world[Symbol.asyncDispose]());

/** What the command prints, run to its end as a process of its own would be; and how long that took. */
async function listed(json: boolean): Promise<{ text: string; ms: number }> {
  const services: Services = world.another();
  const stdout = new PassThrough();
  const output = new Output(json, stdout, new PassThrough());
  const began = performance.now();
  await list({ output, product: async () => ({ services }) } as unknown as Command);
  await services[Symbol.asyncDispose]();
  return { text: String(stdout.read()), ms: performance.now() - began };
}

/** Files a proposal and waits until it is archived. */
async function fileAndKeep(): Promise<void> {
  const link = world.services.links.get(slug);
  await link.connected(1000);
  world.backend.bundle(slug).file(proposal(slug));
  while (link.view?.proposals.length !== 1) await new Promise<void>((resolve) => void link.changed.subscribe(() => resolve()));
  await link.kept();
}

describe("bot-bottle list", () => {
  it("counts what a bundle says is pending (CLI-1)", async () => {
    world.backend.bundle(slug).file(proposal(slug));
    expect(JSON.parse((await listed(true)).text)).toMatchObject({ bottles: [{ slug, state: "running", bundleAnswers: true, pending: 1 }] });
  });

  it.each([
    ["that accepts and never greets", () => void world.backend.bundle(slug).deaf.add("hello")],
    ["that the engine cannot connect to", () => void Object.assign(world.backend, { openControl: () => new Promise(() => undefined) })],
  ])("does not wait for a bundle %s: state by the engine, pending as last known (BTL-4)", async (_kind, silence) => {
    await fileAndKeep();
    silence();
    const { text, ms } = await listed(true);
    expect(JSON.parse(text)).toMatchObject({ bottles: [{ slug, state: "running", bundleAnswers: false, pending: 1 }] });
    expect(ms).toBeLessThan(4000);
    expect((await listed(false)).text).toContain("its sidecars do not answer");
  });
});
