import { ProposalTopics } from "../../../main/app/proposal-topics.ts";
import { createTopicBus } from "../../../main/ipc/topic-bus.ts";
import { ProposalStore } from "../../../main/proposals/proposal-store.ts";
import { FakeBundle } from "../../support/fake-bundle.ts";
import type { TestServices } from "../../support/test-services.ts";
import { egressRequest, proposal, testServices } from "../../support/test-services.ts";

const KEPT_BOTTLES = 400;
const LIVE_BOTTLES = 100;
const EACH = 20;
/** What all live bottles' agents file at once. */
const BURST_EACH = 100;
const JUSTIFICATION = "The tests need this package, which the mirror does not have. ".repeat(10);

/** 10,000 proposals over five hundred bottles: the list, one proposal's view, and what windows are sent when more arrive (SUP-4). */
export async function run(): Promise<Record<string, number>> {
  await using world = await testServices();
  await keepMany(world);
  const bundles = await linkMany(world);
  const { inbox, links } = world.services;
  const listColdMs = await timed(() => inbox.list());
  const listMs = await timed(() => inbox.list());
  const viewMs = await timed(() => inbox.view(`${slugOf("live", 7)}.3`, null));

  const bus = createTopicBus();
  const sent: string[] = [];
  let arrived = 0;
  bus.subscribe((topic, payload) => {
    if (topic !== "proposal-changes") return;
    sent.push(JSON.stringify(payload));
    arrived += (payload as { changed: unknown[] }).changed.length;
  });
  using topics = new ProposalTopics(world.services, bus);
  links.changed.subscribe((news) => void topics.takeNews(news));
  const firstTellMs = await timed(() => topics.refresh());
  const told = sent.splice(0).length;
  arrived = 0;
  bundles[0]?.file(filed(slugOf("live", 0), EACH + 1));
  await until(() => arrived === 1);
  const eventBytes = bytesOf(sent.splice(0));
  arrived = 0;
  const burstMs = await timed(async () => {
    for (let number = 1; number <= BURST_EACH; number++) {
      for (const [index, bundle] of bundles.entries()) bundle.file(filed(slugOf("live", index), 1000 + number));
    }
    await until(() => arrived >= BURST_EACH * LIVE_BOTTLES);
  });
  return {
    listColdMs,
    listMs,
    viewMs,
    firstTellMs,
    firstTellMessages: told,
    eventBytes,
    burstMs,
    burstMessages: sent.length,
    burstBytesEach: bytesOf(sent) / (BURST_EACH * LIVE_BOTTLES),
    rssMiB: process.memoryUsage().rss / 1024 ** 2,
  };
}

async function keepMany({ home }: TestServices): Promise<void> {
  const store = new ProposalStore(home);
  for (let bottle = 0; bottle < KEPT_BOTTLES; bottle++) {
    const slug = slugOf("kept", bottle);
    await store.save(slug, proposalsOf(slug));
  }
}

async function linkMany({ backend, services }: TestServices): Promise<FakeBundle[]> {
  return Promise.all(
    Array.from({ length: LIVE_BOTTLES }, async (_each, bottle) => {
      const slug = slugOf("live", bottle);
      const bundle = new FakeBundle({ slug, table: { revision: 1, routes: [], grants: [] } });
      bundle.proposals = proposalsOf(slug);
      backend.bottles.set(slug, { labels: {}, bundle });
      await services.links.get(slug).connected(60_000);
      return bundle;
    }),
  );
}

function proposalsOf(slug: string) {
  return Array.from({ length: EACH }, (_each, index) => filed(slug, index + 1));
}

function filed(slug: string, number: number) {
  return { ...proposal(slug, egressRequest({ host: `h${number % 50}.example.org` }), number), justification: JUSTIFICATION };
}

function slugOf(kind: string, bottle: number): string {
  return `${kind}-${String(bottle).padStart(5, "0")}`;
}

function bytesOf(messages: readonly string[]): number {
  return messages.reduce((sum, message) => sum + message.length, 0);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
