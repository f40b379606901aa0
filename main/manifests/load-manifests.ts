import { join, resolve } from "node:path";
import type { AgentFrontmatter } from "#common/manifest/agent-schema.ts";
import type { BottleFrontmatter } from "#common/manifest/bottle-schema.ts";
import { parseAgentText, parseBottleText } from "#common/manifest/parse-manifest.ts";
import { problemAt, START_OF_FILE } from "#common/manifest/problem.ts";
import { decodeManifest } from "#common/manifest/source-text.ts";
import type { HomePaths } from "../platform/home.ts";
import { findLegacy } from "./legacy-manifest.ts";
import { linkManifests } from "./link-manifests.ts";
import type { FolderContent, ManifestEntry } from "./manifest-folder.ts";
import { ManifestFolder } from "./manifest-folder.ts";
import type { FileProblem, ManifestSet } from "./manifest-set.ts";

export interface ManifestSources {
  readonly home: HomePaths;
  /** The operator's project folder, or null. */
  readonly workspace: string | null;
  /** Providers that bottles may name. */
  readonly providers: readonly string[];
  /** What is wrong with provider plugins, beside their files (PRV-6). */
  readonly providerProblems?: readonly FileProblem[];
}

/** A text that is read in place of a file, which need not exist: what it would be if it were saved. */
export interface ManifestDraft {
  readonly file: string;
  readonly name: string;
  readonly source: string;
}

/** Reads all manifests there are, once. */
export function loadManifests({ home, ...options }: ManifestSources): Promise<ManifestSet> {
  return new ManifestLoader(home).load(options);
}

type AgentFolder = ManifestFolder<AgentFrontmatter>;

interface WorkspaceFolders {
  readonly agents: AgentFolder;
  readonly bottles: ManifestFolder<BottleFrontmatter>;
}

const NOTHING = { entries: [], errors: [], warnings: [] };
/** Of how many workspaces files are remembered; older ones are simply read anew. */
const REMEMBERED_WORKSPACES = 4;

/** Reads all manifests again and again, and of files only those that changed. */
export class ManifestLoader {
  readonly #home: HomePaths;
  readonly #bottles: ManifestFolder<BottleFrontmatter>;
  readonly #agents: AgentFolder;
  readonly #workspaces = new Map<string, WorkspaceFolders>();

  constructor(home: HomePaths) {
    this.#home = home;
    this.#bottles = new ManifestFolder(home.bottles, parseBottleText);
    this.#agents = new ManifestFolder(home.agents, parseAgentText);
  }

  /** Never throws for what a file holds or is: that becomes an error beside the file (MAN-9). */
  async load(sources: Omit<ManifestSources, "home">, draft: ManifestDraft | null = null): Promise<ManifestSet> {
    const workspace = workspaceBeside(this.#home, sources.workspace);
    const folders = workspace === null ? null : this.#workspace(workspace);
    const [bottles, homeAgents, workspaceAgents, strayBottles, legacy] = await Promise.all([
      this.#bottles.read(),
      this.#agents.read(),
      folders === null ? NOTHING : folders.agents.read(),
      folders === null ? NOTHING : folders.bottles.read(),
      findLegacy(this.#home, workspace),
    ]);
    return linkManifests({
      bottles: withDraft(bottles, this.#home.bottles, draft, parseBottleText),
      homeAgents: withDraft(homeAgents, this.#home.agents, draft, parseAgentText),
      workspaceAgents: workspace === null ? NOTHING : withDraft(workspaceAgents, agentsOf(workspace), draft, parseAgentText),
      further: {
        errors: [...legacy, ...(sources.providerProblems ?? [])],
        warnings: strayBottles.entries.map(({ file }) => ignoredBottle(file)),
      },
      providers: sources.providers,
    });
  }

  #workspace(workspace: string): WorkspaceFolders {
    const known = this.#workspaces.get(workspace) ?? {
      agents: new ManifestFolder(agentsOf(workspace), parseAgentText, workspace),
      bottles: new ManifestFolder(join(workspace, ".bot-bottle", "bottles"), parseBottleText, workspace),
    };
    this.#workspaces.delete(workspace);
    this.#workspaces.set(workspace, known);
    const [oldest] = this.#workspaces.keys();
    if (oldest !== undefined && this.#workspaces.size > REMEMBERED_WORKSPACES) this.#workspaces.delete(oldest);
    return known;
  }
}

/** The workspace that has manifests beside the home's: somebody who works in the folder that holds the home has no second set there. */
export function workspaceBeside(home: HomePaths, workspace: string | null): string | null {
  return workspace !== null && resolve(workspace, ".bot-bottle") === home.root ? null : workspace;
}

/** Where a workspace keeps its agents. */
export function agentsOf(workspace: string): string {
  return join(workspace, ".bot-bottle", "agents");
}

function withDraft<T>(
  content: FolderContent<T>,
  folder: string,
  draft: ManifestDraft | null,
  parse: (text: string) => ManifestEntry<T>["manifest"],
): FolderContent<T> {
  if (draft === null || draft.file !== join(folder, `${draft.name}.md`)) return content;
  const text = decodeManifest(new TextEncoder().encode(draft.source));
  const entry = { name: draft.name, file: draft.file, linked: false, manifest: text.ok ? parse(text.value) : text };
  return { ...content, entries: [...content.entries.filter(({ name }) => name !== draft.name), entry] };
}

/** A cloned repository must never grant itself egress, credentials or remotes (MAN-1). */
function ignoredBottle(file: string): FileProblem {
  const message = "ignored: bottles of a workspace are never used, because a repository must not grant itself access";
  return { file, ...problemAt(START_OF_FILE, message) };
}
