import type { z } from "zod";
import { compareBottles } from "#common/domain/bottle.ts";
import type { ManifestName, Slug } from "#common/domain/names.ts";
import type { Backend, ObservedBottle } from "../backends/backend.ts";
import type { MergedState } from "./merge.ts";
import { mergeState } from "./merge.ts";
import type { BottleMetadata } from "./metadata.ts";
import { isAlive } from "./process-mark.ts";
import type { BottleRegistry } from "./registry.ts";

/** A bottle as engine and metadata together tell it; live figures are added by whoever has a link to it. */
export interface KnownBottle extends MergedState {
  readonly slug: Slug;
  readonly agent: z.infer<typeof ManifestName>;
  readonly bottle: z.infer<typeof ManifestName>;
  readonly provider: string;
  readonly backend: BottleMetadata["backend"];
  readonly startedAt: string | null;
  readonly workspace: string | null;
  readonly runtime: string | null;
  readonly exitCode: number | null;
  /** Whether a bundle should be there to talk to. */
  readonly reachable: boolean;
}

export interface ObserveDeps {
  readonly backend: Backend;
  readonly registry: BottleRegistry;
  readonly homeId: () => Promise<string>;
  /** Mends what a process left half done before the engine is asked; absent: it is shown as it is. */
  settle?(metadata: BottleMetadata): Promise<BottleMetadata>;
}

/** All bottles of this home, also those whose metadata is lost, sorted as the list shows them (BTL-4). */
export async function observeBottles(deps: ObserveDeps, signal: AbortSignal): Promise<KnownBottle[]> {
  const settle = async (metadata: BottleMetadata) => (await deps.settle?.(metadata)) ?? metadata;
  const metadata = await Promise.all((await deps.registry.list()).map(settle));
  const [engine, home] = await Promise.all([askEngine(deps.backend, signal), deps.homeId()]);
  const known = new Map(metadata.map((entry) => [entry.slug, entry]));
  const observed = new Map(
    engine.bottles
      .filter((bottle) => known.has(bottle.slug) || bottle.labels["bot-bottle.home"] === home)
      .map((bottle) => [bottle.slug, bottle]),
  );
  const slugs = new Set([...known.keys(), ...observed.keys()]);
  return [...slugs]
    .map((slug) => describe(slug, known.get(slug) ?? null, observed.get(slug) ?? null, engine.unavailable))
    .sort(compareBottles);
}

/** For cleanup: what carries another home's mark is that home's; what carries none is whoever's finds it. */
export function isOurs(labels: Readonly<Record<string, string>> | undefined, home: string): boolean {
  const owner = labels?.["bot-bottle.home"];
  return owner === undefined || owner === home;
}

async function askEngine(
  backend: Backend,
  signal: AbortSignal,
): Promise<{ bottles: readonly ObservedBottle[]; unavailable: string | null }> {
  try {
    return { bottles: await backend.list(signal), unavailable: null };
  } catch (error) {
    return { bottles: [], unavailable: error instanceof Error ? error.message : String(error) };
  }
}

function describe(slug: Slug, metadata: BottleMetadata | null, observed: ObservedBottle | null, unavailable: string | null): KnownBottle {
  const starterAlive = metadata?.starter != null && isAlive(metadata.starter);
  const merged = mergeState(metadata, { observed, unavailable }, starterAlive);
  const labels = observed?.labels ?? {};
  const agent = metadata?.agent ?? labels["bot-bottle.agent"] ?? slug.slice(0, -6);
  return {
    ...merged,
    slug,
    agent,
    bottle: metadata?.bottle ?? labels["bot-bottle.bottle"] ?? agent,
    provider: metadata?.provider ?? labels["bot-bottle.provider"] ?? "unknown",
    backend: metadata?.backend ?? "docker",
    startedAt: metadata?.startedAt ?? null,
    workspace: metadata?.copyWorkspace === true ? metadata.workspace : null,
    runtime: observed?.runtime ?? null,
    exitCode: observed?.exitCode ?? null,
    reachable: observed !== null && (merged.state === "running" || merged.state === "exited"),
  };
}
