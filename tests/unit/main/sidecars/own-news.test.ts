import { afterEach, beforeEach, expect, it } from "vitest";
import type { NumberedEvent } from "#common/wire/control.ts";
import { isOwnProposal, ownEvents } from "../../../../main/sidecars/own-news.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { decision, proposal, startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
beforeEach(async () => {
  world = await testServices();
});
afterEach(() => world[Symbol.asyncDispose]());

const numbered = (events: readonly NumberedEvent["event"][]): NumberedEvent[] =>
  events.map((event, index) => ({ seq: index + 1, time: "2026-11-22T12:00:00.000Z", event }));

it.each([{ slug: "other-bbbbb" }, { id: "other-bbbbb.1" }, { id: "demo-aaaaa" }, { id: "demo-aaaaa.1.2" }, { id: "demo-aaaaab.1" }])(
  "a bundle does not speak for another bottle: %o (SID-3)",
  (changes) => {
    const forged = { ...proposal("demo-aaaaa"), ...changes };
    expect(isOwnProposal("demo-aaaaa", forged)).toBe(false);
    expect(ownEvents("demo-aaaaa", numbered([{ type: "proposal-filed", proposal: forged }]))).toEqual([]);
  },
);

it("what it tells of its own stays as it is", () => {
  const events = numbered([
    { type: "proposal-filed", proposal: proposal("demo-aaaaa") },
    { type: "proposal-failed", proposalId: "demo-aaaaa.1", message: "no" },
    { type: "egress-decision", decision: decision() },
  ]);
  expect(ownEvents("demo-aaaaa", events)).toBe(events);
  expect(ownEvents("demo-aaaaa", numbered([{ type: "proposal-failed", proposalId: "other-bbbbb.1", message: "no" }]))).toEqual([]);
});

it("a bundle that was taken over puts nothing into another's inbox or log, at its greeting or later (SUP-3, SUP-7)", async () => {
  const slug = await startDemo(world);
  const bundle = world.backend.bundle(slug);
  const forged = proposal("other-bbbbb");
  bundle.file(forged);
  bundle.emit({ type: "proposal-failed", proposalId: forged.id, message: "forged" });
  bundle.file(proposal(slug));
  const other = world.another();
  await other.links.get(slug).connected(5000);
  for (const services of [world.services, other]) {
    const link = services.links.get(slug);
    while (link.view?.proposals.length !== 1) await new Promise<void>((resolve) => void link.changed.subscribe(() => resolve()));
    await link.kept();
    expect((await services.inbox.list()).map(({ id }) => id)).toEqual([`${slug}.1`]);
    await expect(services.inbox.find(forged.id)).rejects.toMatchObject({ code: "not-found" });
  }
  expect(await world.services.audit.list("other-bbbbb")).toEqual([]);
  expect(await world.services.audit.list(slug)).toEqual([]);
  expect(bundle.acked).toBe(3);
});
