import type { Services } from "../../app/services.ts";
import type { KnownBottle } from "../../bottles/observe.ts";
import type { Command } from "../context.ts";
import { inert } from "../inert.ts";
import { formatTable } from "../table.ts";

const ENGINE_MS = 15_000;
/** A bundle that does not answer must not hold up the list; its pending count is then unknown. */
const BUNDLE_MS = 4_000;

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
  return { ...bottle, pending: reachable ? await pendingOf(services, bottle.slug) : 0 };
}

async function pendingOf(services: Services, slug: string): Promise<number> {
  try {
    const client = await services.links.get(slug).connected(BUNDLE_MS);
    return client.snapshot.proposals.filter(({ status }) => status === "pending").length;
  } catch {
    return 0;
  }
}

function asTable(bottles: readonly Row[]): string {
  const rows = bottles.map((each) => [
    each.slug,
    each.agent,
    each.backend,
    each.state,
    each.startedAt ?? "unknown",
    String(each.pending),
    inert(each.problem ?? ""),
  ]);
  return formatTable(["BOTTLE", "AGENT", "BACKEND", "STATE", "STARTED", "PENDING", ""], rows);
}
