import type { AgentFrontmatter } from "#common/manifest/agent-schema.ts";
import type { BottleFrontmatter } from "#common/manifest/bottle-schema.ts";
import { notDefined, resolveBottles } from "#common/manifest/inherit.ts";
import type { ParsedManifest } from "#common/manifest/parse-manifest.ts";
import type { FolderContent, ManifestEntry } from "./manifest-folder.ts";
import type { AgentManifest, BottleManifest, FileProblem, ListedFile, ManifestSet } from "./manifest-set.ts";

/** Everything that was read, before it is seen whether what the files name exists. */
export interface ReadManifests {
  readonly bottles: FolderContent<BottleFrontmatter>;
  readonly homeAgents: FolderContent<AgentFrontmatter>;
  readonly workspaceAgents: FolderContent<AgentFrontmatter>;
  /** What is wrong beside them. */
  readonly further: { readonly errors: readonly FileProblem[]; readonly warnings: readonly FileProblem[] };
  /** Providers that bottles may name. */
  readonly providers: readonly string[];
}

/** Follows what manifests name: parents, providers, bottles. */
export function linkManifests({ bottles: bottleFolder, homeAgents, workspaceAgents, further, providers }: ReadManifests): ManifestSet {
  const folders = [bottleFolder, homeAgents, workspaceAgents];
  const errors: FileProblem[] = [...further.errors, ...folders.flatMap((folder) => [...folder.errors, ...brokenFiles(folder)])];
  const bottles = linkBottles(bottleFolder, providers, errors);
  // Also by a file with errors: another prompt than the one asked for must not run.
  const taken = new Set(workspaceAgents.entries.map(({ name }) => name));
  const agents = [
    ...linkAgents(homeAgents, "home", bottles, errors).filter(({ name }) => !taken.has(name)),
    ...linkAgents(workspaceAgents, "workspace", bottles, errors),
  ];
  return {
    bottles: [...bottles.usable.values()].sort(byName),
    agents: agents.sort(byName),
    errors: errors.sort(byPlace),
    warnings: [...further.warnings, ...folders.flatMap(({ warnings }) => warnings)].sort(byPlace),
    files: [
      ...bottleFolder.entries.map((entry): ListedFile => ({ kind: "bottle", source: "home", entry })),
      ...homeAgents.entries.map((entry): ListedFile => ({ kind: "agent", source: "home", entry, overridden: taken.has(entry.name) })),
      ...workspaceAgents.entries.map((entry): ListedFile => ({ kind: "agent", source: "workspace", entry, overridden: false })),
    ],
  };
}

function brokenFiles({ entries }: FolderContent<unknown>): FileProblem[] {
  return entries.flatMap(({ file, manifest }) => (manifest.ok ? [] : manifest.problems.map((problem) => ({ file, ...problem }))));
}

interface LinkedBottles {
  readonly usable: ReadonlyMap<string, BottleManifest>;
  /** Names whose file exists but cannot be used. */
  readonly broken: ReadonlySet<string>;
}

function linkBottles({ entries }: FolderContent<BottleFrontmatter>, providers: readonly string[], errors: FileProblem[]): LinkedBottles {
  const declared = new Map(entries.flatMap(({ name, manifest }) => (manifest.ok ? [[name, manifest.value.frontmatter] as const] : [])));
  const byEntryName = new Map(entries.map((entry) => [entry.name, entry]));
  const broken = new Set(entries.flatMap(({ name, manifest }) => (manifest.ok ? [] : [name])));
  const usable = new Map<string, BottleManifest>();
  for (const [name, resolved] of resolveBottles(declared, new Set(broken))) {
    const { file, manifest } = byEntryName.get(name) as Usable<BottleFrontmatter>;
    const fault = resolved.ok ? providerFault(resolved.bottle.agent_provider.template, providers) : resolved.reason;
    if (resolved.ok && fault === null) {
      const lineage = resolved.lineage.flatMap((each) => byEntryName.get(each) ?? []);
      usable.set(name, { name, file, description: manifest.value.body, settings: resolved.bottle, lineage });
    } else {
      broken.add(name);
      errors.push({ file, ...manifest.value.problem(resolved.ok ? ["agent_provider", "template"] : ["extends"], fault ?? "") });
    }
  }
  return { usable, broken };
}

type Usable<T> = ManifestEntry<T> & { readonly manifest: { readonly ok: true; readonly value: ParsedManifest<T> } };

function providerFault(template: string, providers: readonly string[]): string | null {
  return providers.includes(template) ? null : `there is no provider "${template}"; known providers: ${providers.toSorted().join(", ")}`;
}

function linkAgents(
  { entries }: FolderContent<AgentFrontmatter>,
  source: AgentManifest["source"],
  bottles: LinkedBottles,
  errors: FileProblem[],
): AgentManifest[] {
  return entries.flatMap(({ name, file, manifest }) => {
    if (!manifest.ok) return [];
    const { bottle, skills = [], "git-gate": gitGate } = manifest.value.frontmatter;
    const fault = bottleFault(bottle, bottles);
    if (fault === null) return [{ name, file, source, bottle, skills, gitUser: gitGate?.user, prompt: manifest.value.body }];
    errors.push({ file, ...manifest.value.problem(["bottle"], fault) });
    return [];
  });
}

function bottleFault(name: string, { usable, broken }: LinkedBottles): string | null {
  if (usable.has(name)) return null;
  if (broken.has(name)) return `names the bottle "${name}", which has errors`;
  return `names the bottle "${name}", ${notDefined(name, [...usable.keys(), ...broken])}`;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function byPlace(a: FileProblem, b: FileProblem): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column;
}
