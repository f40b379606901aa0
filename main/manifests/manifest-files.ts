import type { ManifestFile, ManifestFiles, PlacedProblem } from "#common/ipc/manifest-methods.ts";
import type { HomePaths } from "../platform/home.ts";
import { liesInside } from "./manifest-place.ts";
import type { BottleManifest, ListedFile, ManifestSet } from "./manifest-set.ts";
import { placed } from "./projections.ts";

/** Every manifest file there is with what the list shows of it, and what is wrong with anything else. */
export async function manifestFiles(set: ManifestSet, home: HomePaths, workspace: string | null): Promise<ManifestFiles> {
  const problems = Map.groupBy([...set.errors.map(placed("error")), ...set.warnings.map(placed("warning"))], ({ file }) => file);
  const bottles = new Map(set.bottles.map((bottle) => [bottle.name, bottle]));
  const users = usersOf(set);
  const ownFolders = {
    bottle: await liesInside(home.bottles, home.root).catch(() => false),
    agent: await liesInside(home.agents, home.root).catch(() => false),
  };
  const files = await Promise.all(
    set.files.map(async (listed): Promise<ManifestFile> => {
      const { kind, source, entry } = listed;
      const inside = ownFolders[kind] && (!entry.linked || (await liesInside(entry.file, home.root).catch(() => false)));
      return {
        kind,
        name: entry.name,
        workspace: source === "workspace" ? workspace : null,
        file: entry.file,
        writable: source === "home" && inside,
        ...factsOf(listed, bottles),
        usedBy: (kind === "bottle" ? users.get(entry.name) : undefined) ?? { bottles: [], agents: [] },
        problems: problems.get(entry.file) ?? [],
      };
    }),
  );
  const listed = new Set(files.map(({ file }) => file));
  return { files, elsewhere: [...problems].flatMap(([file, found]): PlacedProblem[] => (listed.has(file) ? [] : found)) };
}

type Facts = Pick<ManifestFile, "summary" | "parent" | "provider" | "routes" | "extends" | "skills" | "overridden">;

const MAX_SUMMARY = 200;

function factsOf(listed: ListedFile, bottles: ReadonlyMap<string, BottleManifest>): Facts {
  const { entry } = listed;
  const overridden = listed.kind === "agent" && listed.overridden;
  if (!entry.manifest.ok) return { summary: "", parent: null, provider: null, routes: null, extends: [], skills: [], overridden };
  const summary = firstLine(entry.manifest.value.body);
  if (listed.kind === "bottle") {
    const parent = listed.entry.manifest.ok ? (listed.entry.manifest.value.frontmatter.extends ?? null) : null;
    return { summary, parent, ...effectiveFacts(bottles.get(entry.name)), skills: [], overridden };
  }
  const { bottle = null, skills = [] } = listed.entry.manifest.ok ? listed.entry.manifest.value.frontmatter : {};
  return { summary, parent: bottle, ...effectiveFacts(bottles.get(bottle ?? "")), extends: [], skills: [...skills], overridden };
}

function effectiveFacts(bottle: BottleManifest | undefined): Pick<Facts, "provider" | "routes" | "extends"> {
  if (bottle === undefined) return { provider: null, routes: null, extends: [] };
  const { agent_provider, egress } = bottle.settings;
  return {
    provider: agent_provider.template,
    routes: egress?.routes?.length ?? 0,
    extends: bottle.lineage.slice(1).map(({ name }) => name),
  };
}

function firstLine(body: string): string {
  const line = /^[#>\s]*(.*)/.exec(body)?.[1]?.trim() ?? "";
  return line.length > MAX_SUMMARY ? `${line.slice(0, MAX_SUMMARY)}…` : line;
}

/** By the name of a bottle: who names it, also those that have errors beside it. */
export function usersOf({ files }: Pick<ManifestSet, "files">): ReadonlyMap<string, ManifestFile["usedBy"]> {
  const users = new Map<string, ManifestFile["usedBy"]>();
  const add = (bottle: string | undefined, kind: keyof ManifestFile["usedBy"], name: string) => {
    if (bottle === undefined) return;
    const known = users.get(bottle) ?? { bottles: [], agents: [] };
    known[kind].push(name);
    users.set(bottle, known);
  };
  for (const listed of files) {
    if (listed.kind === "bottle" && listed.entry.manifest.ok)
      add(listed.entry.manifest.value.frontmatter.extends, "bottles", listed.entry.name);
    if (listed.kind === "agent" && listed.entry.manifest.ok)
      add(listed.entry.manifest.value.frontmatter.bottle, "agents", listed.entry.name);
  }
  return users;
}
