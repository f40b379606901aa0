import { access } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { BottleFrontmatter } from "#common/manifest/bottle-schema.ts";
import { notDefined, resolveBottles } from "#common/manifest/inherit.ts";
import type { ParsedManifest } from "#common/manifest/parse-manifest.ts";
import { parseAgentManifest, parseBottleManifest } from "#common/manifest/parse-manifest.ts";
import type { Checked, Position } from "#common/manifest/problem.ts";
import { problemAt, START_OF_FILE } from "#common/manifest/problem.ts";
import type { HomePaths } from "../platform/home.ts";
import type { FolderContent, ManifestFile } from "./manifest-folder.ts";
import { readManifestFolder } from "./manifest-folder.ts";
import type { AgentManifest, BottleManifest, FileProblem, ManifestSet } from "./manifest-set.ts";

export interface ManifestSources {
  readonly home: HomePaths;
  /** The operator's project folder, or null. */
  readonly workspace: string | null;
  /** Providers that bottles may name. */
  readonly providers: readonly string[];
}

/** Reads all manifests there are. Never throws for what a file holds or is: that becomes an error beside the file (MAN-9). */
export async function loadManifests({ home, workspace: chosen, providers }: ManifestSources): Promise<ManifestSet> {
  // Somebody who works in the folder that holds the home has not put a second set of manifests there.
  const workspace = chosen !== null && resolve(chosen, ".bot-bottle") === home.root ? null : chosen;
  const [bottleFolder, homeAgents, workspaceAgents, strayBottles, legacy] = await Promise.all([
    readManifestFolder(home.bottles),
    readManifestFolder(home.agents),
    workspace === null ? null : readManifestFolder(workspaceFolder(workspace, "agents"), workspace),
    workspace === null ? [] : warnOfWorkspaceBottles(workspace),
    findLegacy(home, workspace),
  ]);
  const problems = new Problems();
  for (const folder of [bottleFolder, homeAgents, workspaceAgents]) if (folder !== null) problems.addFolder(folder);
  problems.warnings.push(...strayBottles);
  problems.errors.push(...legacy);
  const bottles = loadBottles(bottleFolder, providers, problems);
  const agents = [
    ...loadAgents(withoutOverridden(homeAgents, workspaceAgents), "home", bottles, problems),
    ...(workspaceAgents === null ? [] : loadAgents(workspaceAgents, "workspace", bottles, problems)),
  ];
  return { bottles: bottles.usable, agents: agents.sort(byName), ...problems.sorted() };
}

interface LoadedBottles {
  readonly usable: readonly BottleManifest[];
  /** Names whose file exists but cannot be used. */
  readonly broken: ReadonlySet<string>;
}

function loadBottles(folder: FolderContent, providers: readonly string[], problems: Problems): LoadedBottles {
  const { parsed, broken } = parseFiles(folder, parseBottleManifest, problems);
  const declared = new Map([...parsed].map(([name, { manifest }]) => [name, manifest.frontmatter]));
  const usable: BottleManifest[] = [];
  for (const [name, resolved] of resolveBottles(declared, broken)) {
    const { file, manifest } = parsed.get(name) as ParsedFile<BottleFrontmatter>;
    const fault = resolved.ok ? providerFault(resolved.bottle.agent_provider.template, providers) : resolved.reason;
    if (resolved.ok && fault === null) usable.push({ name, file, description: manifest.body, settings: resolved.bottle });
    else {
      broken.add(name);
      problems.error(file, manifest.locate(resolved.ok ? ["agent_provider", "template"] : ["extends"]), fault ?? "");
    }
  }
  return { usable: usable.sort(byName), broken };
}

function providerFault(template: string, providers: readonly string[]): string | null {
  return providers.includes(template) ? null : `there is no provider "${template}"; known providers: ${providers.toSorted().join(", ")}`;
}

function loadAgents(folder: FolderContent, source: AgentManifest["source"], bottles: LoadedBottles, problems: Problems): AgentManifest[] {
  const agents: AgentManifest[] = [];
  for (const [name, { file, manifest }] of parseFiles(folder, parseAgentManifest, problems).parsed) {
    const { bottle, skills = [], "git-gate": gitGate } = manifest.frontmatter;
    const fault = bottleFault(bottle, bottles);
    if (fault === null) agents.push({ name, file, source, bottle, skills, gitUser: gitGate?.user, prompt: manifest.body });
    else problems.error(file, manifest.locate(["bottle"]), fault);
  }
  return agents;
}

function bottleFault(name: string, { usable, broken }: LoadedBottles): string | null {
  if (usable.some((bottle) => bottle.name === name)) return null;
  if (broken.has(name)) return `names the bottle "${name}", which has errors`;
  return `names the bottle "${name}", ${notDefined(name, [...usable.map((bottle) => bottle.name), ...broken])}`;
}

interface ParsedFile<T> {
  readonly file: string;
  readonly manifest: ParsedManifest<T>;
}

function parseFiles<T>(folder: FolderContent, parse: (bytes: Uint8Array) => Checked<ParsedManifest<T>>, problems: Problems) {
  const parsed = new Map<string, ParsedFile<T>>();
  const broken = new Set(folder.unreadable);
  for (const { name, file, bytes } of folder.files) {
    const manifest = parse(bytes);
    if (manifest.ok) parsed.set(name, { file, manifest: manifest.value });
    else {
      broken.add(name);
      problems.errors.push(...manifest.problems.map((problem) => ({ file, ...problem })));
    }
  }
  return { parsed, broken };
}

/** Home agents whose name the workspace takes, also with a broken file: another prompt than the one asked for must not run. */
function withoutOverridden(home: FolderContent, workspace: FolderContent | null): FolderContent {
  const taken = new Set([...(workspace?.files.map(({ name }) => name) ?? []), ...(workspace?.unreadable ?? [])]);
  const keep = ({ name }: ManifestFile) => !taken.has(name);
  return { ...home, files: home.files.filter(keep) };
}

/** A cloned repository must never grant itself egress, credentials or remotes (MAN-1). */
async function warnOfWorkspaceBottles(workspace: string): Promise<FileProblem[]> {
  const { files, unreadable, errors } = await readManifestFolder(workspaceFolder(workspace, "bottles"), workspace);
  const paths = unreadable.length > 0 ? [...files, ...errors] : files;
  return paths.map(({ file }) => ({
    file,
    ...problemAt(START_OF_FILE, "ignored: bottles of a workspace are never used, because a repository must not grant itself access"),
  }));
}

function workspaceFolder(workspace: string, kind: "agents" | "bottles"): string {
  return join(workspace, ".bot-bottle", kind);
}

/** The predecessor's single file, where the folders that replaced it are missing (MAN-3). */
async function findLegacy(home: HomePaths, workspace: string | null): Promise<FileProblem[]> {
  const beside = basename(home.root) === ".bot-bottle" ? [dirname(home.root)] : [];
  const places = [home.root, ...beside].map((folder) => ({ folder, replacement: home.root }));
  if (workspace !== null) places.push({ folder: workspace, replacement: join(workspace, ".bot-bottle") });
  const found = await Promise.all(places.map(({ folder, replacement }) => legacyProblem(folder, replacement, home)));
  return found.flat();
}

async function legacyProblem(folder: string, replacement: string, home: HomePaths): Promise<FileProblem[]> {
  const file = join(folder, "bot-bottle.json");
  if (!(await exists(file))) return [];
  if ((await exists(join(replacement, "bottles"))) || (await exists(join(replacement, "agents")))) return [];
  const message = `this file is not read any more; move each bottle to ${home.bottles}/<name>.md and each agent to ${join(replacement, "agents")}/<name>.md`;
  return [{ file, ...problemAt(START_OF_FILE, message) }];
}

/** Whether there is a legacy manifest whose settings wait to be moved. */
export async function hasLegacyManifest(home: HomePaths): Promise<boolean> {
  return (await findLegacy(home, null)).length > 0;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** What was found wrong so far. */
class Problems {
  readonly errors: FileProblem[] = [];
  readonly warnings: FileProblem[] = [];

  addFolder({ errors, warnings }: FolderContent): void {
    this.errors.push(...errors);
    this.warnings.push(...warnings);
  }

  error(file: string, position: Position, message: string): void {
    this.errors.push({ file, ...problemAt(position, message) });
  }

  sorted(): Pick<ManifestSet, "errors" | "warnings"> {
    return { errors: this.errors.toSorted(byPlace), warnings: this.warnings.toSorted(byPlace) };
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function byPlace(a: FileProblem, b: FileProblem): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column;
}
