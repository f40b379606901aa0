import type { Route } from "#common/domain/route.ts";
import type { EffectiveValue, ManifestCheck, PlacedProblem } from "#common/ipc/manifest-methods.ts";
import type { BottleFrontmatter } from "#common/manifest/bottle-schema.ts";
import type { EffectiveBottle } from "#common/manifest/effective-bottle.ts";
import type { Contributor } from "#common/manifest/effective-values.ts";
import { effectiveValues } from "#common/manifest/effective-values.ts";
import type { ManifestEntry } from "./manifest-folder.ts";
import type { BottleManifest, FileProblem, ListedFile, ManifestSet } from "./manifest-set.ts";
import { placed } from "./projections.ts";

/** A set of manifests and the providers that its bottles name. */
export interface Declared {
  readonly manifests: ManifestSet;
  /** What a bottle's provider brings along (PRV-7). */
  providerRoutes(settings: EffectiveBottle): readonly Route[];
}

/** What a draft would be, and what it would break elsewhere: `saved` is what there is, `drafted` the same with the draft. */
export function checkDraft(file: string, saved: ManifestSet, drafted: Declared): ManifestCheck {
  const { errors, warnings } = drafted.manifests;
  const known = new Set(saved.errors.map(identity));
  const caused = errors.filter((error) => error.file !== file && !known.has(identity(error)));
  const effective = effectiveOf(file, drafted);
  return {
    problems: [
      ...errors.filter((error) => error.file === file).map(placed("error")),
      ...warnings.filter((warning) => warning.file === file).map(placed("warning")),
      ...shadowedRoutes(file, drafted),
      ...caused.map((error) => placed("warning")({ ...error, message: `saving this would be an error there: ${error.message}` })),
    ],
    effective,
  };
}

function identity({ file, message }: FileProblem): string {
  return JSON.stringify([file, message]);
}

/** The effective values of the bottle or agent in a file, and of the bottle of that agent; none while there are errors. */
export function effectiveOf(file: string, { manifests, providerRoutes }: Declared): EffectiveValue[] {
  const agent = manifests.agents.find((each) => each.file === file) ?? null;
  const bottle = manifests.bottles.find((each) => (agent === null ? each.file === file : each.name === agent.bottle));
  if (bottle === undefined) return [];
  const listed = manifests.files.find((each) => each.kind === "agent" && each.entry.file === agent?.file);
  return effectiveValues({
    lineage: contributors(bottle),
    agent: listed === undefined ? null : contributorOf((listed as ListedFile & { kind: "agent" }).entry),
    providerRoutes: providerRoutes(bottle.settings),
  });
}

function contributors({ lineage }: BottleManifest): Contributor<BottleFrontmatter>[] {
  return lineage.flatMap((entry) => contributorOf(entry) ?? []);
}

function contributorOf<T>({ file, manifest }: ManifestEntry<T>): Contributor<T> | null {
  return manifest.ok ? { file, manifest: manifest.value } : null;
}

/** A declared route that the provider's own takes the place of has no effect: said here, and in the preflight (PRV-7). */
function shadowedRoutes(file: string, { manifests, providerRoutes }: Declared): PlacedProblem[] {
  const bottle = manifests.bottles.find((each) => each.file === file);
  const own = bottle?.lineage[0]?.manifest;
  if (bottle === undefined || own === undefined || !own.ok) return [];
  const owned = new Set(providerRoutes(bottle.settings).map(({ host }) => host));
  const routes = own.value.frontmatter.egress?.routes ?? [];
  return [...routes.entries()].flatMap(([index, { host }]) => {
    if (!owned.has(host)) return [];
    const message = `this route has no effect: the provider ${bottle.settings.agent_provider.template} has its own route to ${host}`;
    return [placed("warning")({ file, ...own.value.problem(["egress", "routes", index, "host"], message) })];
  });
}
