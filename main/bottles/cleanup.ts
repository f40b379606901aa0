import type { Slug } from "#common/domain/names.ts";
import type { Backend, Remnant, TeardownReport } from "../backends/backend.ts";
import type { HomePaths } from "../platform/home.ts";
import type { BottleMetadata } from "./metadata.ts";
import type { KnownBottle } from "./observe.ts";
import { isOurs, observeBottles } from "./observe.ts";
import type { BottleRegistry } from "./registry.ts";

export interface CleanupDeps {
  readonly backend: Backend;
  readonly registry: BottleRegistry;
  readonly home: HomePaths;
  readonly homeId: () => Promise<string>;
  forgetRecords(slug: Slug): Promise<void>;
  settle?(metadata: BottleMetadata): Promise<BottleMetadata>;
}

/** Everything that belongs to no bottle that runs (BTL-5): first shown, then removed. */
export interface CleanupPlan {
  readonly remnants: readonly Remnant[];
}

export async function planCleanup(deps: CleanupDeps, signal: AbortSignal): Promise<CleanupPlan> {
  const [bottles, remnants, home, folders] = await Promise.all([
    observeBottles(deps, signal),
    deps.backend.remnants(signal),
    deps.homeId(),
    deps.registry.folders(),
  ]);
  const metadata = new Map((await deps.registry.list()).map((entry) => [entry.slug, entry]));
  const kept = new Set(bottles.filter((bottle) => isKept(bottle, metadata.get(bottle.slug))).map(({ slug }) => slug));
  const foreign = foreignSlugs(remnants, home);
  const things = remnants.filter(({ slug }) => !kept.has(slug) && (metadata.has(slug) || !foreign.has(slug)));
  const gone: Remnant[] = [];
  for (const slug of folders) {
    if (!kept.has(slug) && (await deps.registry.hasRemains(slug))) gone.push({ slug, kind: "folder", name: deps.home.bottleState(slug) });
  }
  return { remnants: [...things, ...gone] };
}

/** Removes what the plan names, going on past failures. Audit logs stay. */
export async function applyCleanup(deps: CleanupDeps, plan: CleanupPlan): Promise<TeardownReport> {
  const folders = plan.remnants.filter(({ kind }) => kind === "folder");
  const report = await deps.backend.remove(plan.remnants.filter(({ kind }) => kind !== "folder"));
  const stuck = new Set(report.failed.map(({ remnant }) => remnant.slug));
  const removed = [...report.removed];
  const failed = [...report.failed];
  for (const folder of folders) {
    // What could not be removed must stay findable as a bottle.
    if (stuck.has(folder.slug)) continue;
    try {
      await deps.forgetRecords(folder.slug);
      await deps.registry.forget(folder.slug);
      removed.push(folder);
    } catch (error) {
      failed.push({ remnant: folder, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { removed, failed };
}

/** A bottle that has its metadata and is not over; one in trouble is the operator's to look at and stop. */
function isKept(bottle: KnownBottle, metadata: BottleMetadata | undefined): boolean {
  if (metadata === undefined || bottle.state === "stopped") return false;
  return bottle.state !== "error" || metadata.phase === "started";
}

/** A thing without a mark belongs with the marked things of the same bottle. */
function foreignSlugs(remnants: readonly Remnant[], home: string): Set<Slug> {
  return new Set(remnants.filter(({ labels }) => !isOurs(labels, home)).map(({ slug }) => slug));
}
