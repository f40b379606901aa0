import type { Services } from "../../app/services.ts";
import type { KnownBottle } from "../../bottles/observe.ts";
import { countPending } from "../../proposals/count-pending.ts";
import type { Command } from "../context.ts";
import { inert } from "../inert.ts";
import { formatTable } from "../table.ts";

const ENGINE_MS = 15_000;
/** A bundle that does not answer must not hold up the list; its pending count is then the last one known. */
const BUNDLE_MS = 1_200;

export async function list(command: Command): Promise<number> {
  const { services } = await command.product();
  const known = await services.observe(AbortSignal.timeout(ENGINE_MS));
  const bottles = await Promise.all(known.map((bottle) => describe(services, bottle)));
  command.output.result({ bottles }, () =>
    bottles.length === 0 ? "No bottles. Start one with `bot-bottle start demo`" : asTable(bottles),
  );
  return 0;
}

type Row = Awaited<ReturnType<typeof describe>>;

async function describe(services: Services, { reachable, ...bottle }: KnownBottle) {
  if (!reachable) return { ...bottle, bundleAnswers: false, pending: 0 };
  const client = await services.links
    .get(bottle.slug)
    .connected(BUNDLE_MS)
    .catch(() => null);
  if (client === null) return { ...bottle, bundleAnswers: false, pending: await lastKnownPending(services, bottle.slug) };
  const { proposals, pushes } = client.snapshot;
  const pending = proposals.filter(({ status }) => status === "pending").length + pushes.filter(({ status }) => status === "held").length;
  return { ...bottle, bundleAnswers: true, pending };
}

async function lastKnownPending({ archive, pushRecords }: Services, slug: string): Promise<number> {
  return countPending(await archive.read(slug)) + (await pushRecords.countHeld(slug));
}

function asTable(bottles: readonly Row[]): string {
  const rows = bottles.map((each) => [
    each.slug,
    each.agent,
    each.backend,
    each.state,
    each.startedAt ?? "unknown",
    String(each.pending),
    inert(each.problem ?? silence(each)),
  ]);
  return formatTable(["BOTTLE", "AGENT", "BACKEND", "STATE", "STARTED", "PENDING", ""], rows);
}

function silence({ state, bundleAnswers }: Row): string {
  return state === "running" && !bundleAnswers ? "its sidecars do not answer; PENDING as last known" : "";
}
