import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import { topics as contract } from "#common/ipc/contract.ts";
import { ProposalTopics } from "../../../../main/app/proposal-topics.ts";
import { createTopicBus } from "../../../../main/ipc/topic-bus.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { egressRequest, NOW, proposal, route, startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
let slug: string;
let topics: ProposalTopics;
let stack: DisposableStack;
const told: { topic: TopicName; payload: unknown }[] = [];
let onTold = (): void => undefined;

beforeEach(async () => {
  world = await testServices();
  slug = await startDemo(world);
  told.length = 0;
  stack = new DisposableStack();
  const bus = createTopicBus();
  bus.subscribe((topic, payload) => {
    contract[topic].parse(payload);
    told.push({ topic, payload });
    onTold();
  });
  topics = stack.use(new ProposalTopics(world.services, bus));
  const { links } = world.services;
  stack.use(links.changed.subscribe((news) => void topics.takeNews(news)));
  stack.use(links.events.subscribe(({ slug: of, events }) => topics.takeEvents(of, events)));
  stack.use(await topics.watchRules());
});
afterEach(async () => {
  stack.dispose();
  await world[Symbol.asyncDispose]();
});

/** Waits until the topic has told something that holds. */
async function heard<T extends TopicName>(topic: T, holds: (payload: TopicPayload<T>) => boolean): Promise<void> {
  while (!told.some((each) => each.topic === topic && holds(each.payload as TopicPayload<T>))) {
    await new Promise<void>((resolve) => {
      onTold = resolve;
    });
  }
}

const changes = () =>
  told.flatMap(({ topic, payload }) => (topic === "proposal-changes" ? [payload as TopicPayload<"proposal-changes">] : []));

describe("what windows are told of proposals (SUP-4)", () => {
  it("is only what changed, once", async () => {
    const bundle = world.backend.bundle(slug);
    for (const number of [1, 2, 3]) bundle.file(proposal(slug, egressRequest(), number));
    await heard("proposal-changes", ({ changed }) => changed.some(({ id }) => id === `${slug}.3`));
    const { id, digest } = proposal(slug, egressRequest(), 2);
    told.length = 0;
    await world.services.inbox.reject({ id, digest, seenRevision: 1, note: "" });
    await heard("proposal-changes", ({ changed }) => changed.some(({ status }) => status === "rejected"));
    await topics.refresh();
    expect(changes().map(({ changed, gone }) => [changed.map((each) => each.id), gone])).toEqual([[[id], []]]);
  });

  it("is what ended with its bottle, and what is gone with its folder", async () => {
    world.backend.bundle(slug).file(proposal(slug));
    await heard("proposal-changes", ({ changed }) => changed.length === 1);
    await world.services.stopper.stop(slug);
    await topics.refresh();
    await heard("proposal-changes", ({ changed }) => changed[0]?.status === "withdrawn");
    await world.services.stopper.remove(slug);
    await topics.refresh();
    await heard("proposal-changes", ({ gone }) => gone[0] === `${slug}.1`);
  });

  it("is what waited in a bundle that did not answer any more when its bottle was stopped", async () => {
    const bundle = world.backend.bundle(slug);
    bundle.file(proposal(slug));
    await heard("proposal-changes", ({ changed }) => changed.length === 1);
    bundle.deaf.add("hello");
    bundle.cut();
    await world.services.stopper.stop(slug);
    await topics.refresh();
    await heard("proposal-changes", ({ changed }) => changed[0]?.status === "withdrawn");
  });

  it("comes in messages of a bounded size however much there is", async () => {
    const bundle = world.backend.bundle(slug);
    bundle.proposals = Array.from({ length: 1200 }, (_each, index) => proposal(slug, egressRequest(), index + 1));
    const other = world.another();
    await other.links.get(slug).connected(5000);
    const bus = createTopicBus();
    const sizes: number[] = [];
    bus.subscribe(
      (topic, payload) => void (topic === "proposal-changes" && sizes.push((payload as TopicPayload<"proposal-changes">).changed.length)),
    );
    using own = new ProposalTopics(other, bus);
    await own.refresh();
    expect(sizes).toEqual([500, 500, 200]);
  });
});

it("tells that a grant ended by itself (SUP-5)", async () => {
  const grant = {
    id: `${slug}.1`,
    route: route("files.example.org"),
    limit: { kind: "requests" as const, granted: 1, left: 0 },
    grantedAt: NOW.toISOString(),
    by: "me",
  };
  world.backend.bundle(slug).emit({ type: "grant-ended", grant, why: "used-up", after: { revision: 2, routes: [], grants: [] } });
  await heard("grant-ended", (ended) => ended.slug === slug && ended.why === "used-up");
});

it("tells what is snoozed, whoever snoozed it, and that it woke", async () => {
  const until = new Date(NOW.getTime() + 60_000).toISOString();
  await world.another().snoozes.set([`${slug}.1`], until);
  await topics.refresh();
  await heard("snoozed", ([first]) => first?.until === until);
  await world.services.snoozes.set([`${slug}.1`], null);
  await heard("snoozed", (all) => all.length === 0);
});

it("tells rules that another process made, and lets them decide at once", async () => {
  world.backend.bundle(slug).file(proposal(slug));
  await heard("proposal-changes", ({ changed }) => changed.length === 1);
  const never = { name: "never", enabled: true, verdict: "reject" as const, bottle: null, hosts: [], tools: [], note: "no" };
  await world.another().rules.save([never], []);
  await heard("rules", ([first]) => first?.name === "never");
  await heard("proposal-changes", ({ changed }) => changed[0]?.decision?.rule === "never");
});

it("tells an approval under way, and that it is over (UI-4)", async () => {
  const asked = proposal(slug, { kind: "capability", dockerfile: "FROM bot-bottle-agent\nRUN true\n" });
  world.backend.bundle(slug).file(asked);
  await heard("proposal-changes", ({ changed }) => changed.length === 1);
  const finish = Promise.withResolvers<void>();
  world.backend.onReplace = () => finish.promise;
  const approving = world.services.inbox.approve({ id: asked.id, digest: asked.digest, seenRevision: 1, note: "" }, null);
  await heard("applying", ([first]) => first?.id === asked.id && first.log.length > 0 && first.cancellable);
  finish.resolve();
  await approving;
  await heard("applying", (all) => all.length === 0);
});
