import type { ManifestKind, ManifestTemplate } from "#common/ipc/manifest-methods.ts";
import type { ManifestSet } from "./manifest-set.ts";
import type { AgentTemplate, BottleTemplate } from "./templates.ts";
import { AGENT_TEMPLATES, BOTTLE_TEMPLATES } from "./templates.ts";

/** What a new manifest can start from here: with providers and bottles that there are, under names that are free. */
export function offerTemplates(set: Pick<ManifestSet, "bottles" | "files">, providers: Iterable<string>): ManifestTemplate[] {
  const known = new Set(providers);
  const bottles = new Set(set.bottles.map(({ name }) => name));
  const offers = (id: string, { provider }: BottleTemplate) => known.has(provider) && (id !== "variant" || bottles.has("claude"));
  return [
    ...Object.entries<BottleTemplate>(BOTTLE_TEMPLATES).flatMap(([id, template]) =>
      offers(id, template) ? [offered("bottle", id, template, template.source, set)] : [],
    ),
    ...Object.entries<AgentTemplate>(AGENT_TEMPLATES).map(([id, template]) =>
      offered("agent", id, template, template.source(bottleFor(template, set)), set),
    ),
  ];
}

function offered(
  kind: ManifestKind,
  id: string,
  { title, description, name }: Pick<BottleTemplate, "title" | "description" | "name">,
  source: string,
  set: Pick<ManifestSet, "files">,
): ManifestTemplate {
  return { id, kind, title, description, suggestedName: freeName(name, kind, set), source };
}

/** The bottle that goes with it, or another one that works. */
function bottleFor({ bottle }: AgentTemplate, { bottles }: Pick<ManifestSet, "bottles">): string {
  return bottles.some(({ name }) => name === bottle) ? bottle : (bottles[0]?.name ?? bottle);
}

function freeName(name: string, kind: ManifestKind, { files }: Pick<ManifestSet, "files">): string {
  const taken = new Set(files.filter((file) => file.kind === kind && file.source === "home").map(({ entry }) => entry.name));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  return free;
}
