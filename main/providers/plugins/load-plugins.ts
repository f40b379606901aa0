import type { Dirent } from "node:fs";
import { constants, open, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { ManifestName } from "#common/domain/names.ts";
import type { ParsedProvider } from "#common/manifest/parse-provider.ts";
import { parseProvider } from "#common/manifest/parse-provider.ts";
import type { Problem } from "#common/manifest/problem.ts";
import { problemAt, START_OF_FILE } from "#common/manifest/problem.ts";
import { MAX_MANIFEST_BYTES } from "#common/manifest/source-text.ts";
import type { Path } from "#common/manifest/yaml-mapping.ts";
import type { AgentImage } from "../provider.ts";
import type { ProviderRegistry } from "../provider-registry.ts";
import type { Plugin } from "./plugin-provider.ts";
import { pluginImage, pluginProvider } from "./plugin-provider.ts";

/** What is wrong with one plugin, beside its file. */
export interface PluginProblem extends Problem {
  readonly file: string;
}

export interface PluginSet {
  /** The built-in providers and every plugin that can be used. */
  readonly providers: ProviderRegistry;
  /** Images that the plugins build, by their names. */
  readonly images: ReadonlyMap<string, AgentImage>;
  readonly problems: readonly PluginProblem[];
}

const FILE = "provider.yaml";
/** One file of a plugin; what is larger belongs into its image. */
const MAX_SOURCE_BYTES = 4 * 1024 * 1024;

/** Reads `contrib/<name>/provider.yaml` (PRV-6). A broken one is a problem beside its file; the others work (MAN-9). */
export async function loadPlugins(contrib: string, builtIn: ProviderRegistry): Promise<PluginSet> {
  const folders = await pluginFolders(contrib);
  const loaded = await Promise.all(folders.map((name) => loadPlugin(join(contrib, name), name, builtIn)));
  const plugins = loaded.flatMap((outcome) => (outcome.ok ? [outcome.plugin] : []));
  const images = plugins.map((plugin) => [plugin.name, pluginImage(plugin)] as const);
  return {
    providers: new Map([...builtIn, ...plugins.map((plugin) => [plugin.name, pluginProvider(plugin)] as const)]),
    images: new Map(images.filter(([, { kind }]) => kind === "dockerfile")),
    problems: loaded.flatMap((outcome) => (outcome.ok ? [] : outcome.problems)),
  };
}

/** Folders and links to them; what else lies there is no plugin. */
async function pluginFolders(contrib: string): Promise<string[]> {
  const entries: readonly Dirent[] = await readdir(contrib, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .toSorted();
}

type Loaded = { readonly ok: true; readonly plugin: Plugin } | { readonly ok: false; readonly problems: readonly PluginProblem[] };

async function loadPlugin(folder: string, name: string, builtIn: ProviderRegistry): Promise<Loaded> {
  const file = join(folder, FILE);
  const broken = (...problems: readonly Problem[]): Loaded => ({ ok: false, problems: problems.map((problem) => ({ ...problem, file })) });
  if (!ManifestName.safeParse(name).success)
    return broken(problemAt(START_OF_FILE, "the name of a plugin's folder must start with a-z and hold only a-z, 0-9 and -"));
  if (builtIn.has(name)) return broken(problemAt(START_OF_FILE, `"${name}" is a built-in provider; give the plugin's folder another name`));
  const bytes = await readInside(folder, FILE, MAX_MANIFEST_BYTES);
  if (typeof bytes === "string") return broken(problemAt(START_OF_FILE, `the plugin's ${FILE} ${bytes}`));
  const parsed = parseProvider(bytes);
  if (!parsed.ok) return broken(...parsed.problems);
  const { sources, problems } = await readSources(folder, parsed.value);
  if (problems.length > 0) return broken(...problems);
  return { ok: true, plugin: { name, folder, declaration: parsed.value.declaration, sources } };
}

async function readSources(folder: string, { declaration, problem }: ParsedProvider) {
  const sources = new Map<string, Uint8Array>();
  const problems: Problem[] = [];
  const read = async (path: Path, source: string) => {
    const bytes = await readInside(folder, source, MAX_SOURCE_BYTES);
    if (typeof bytes === "string") problems.push(problem(path, `${source} ${bytes}`));
    else sources.set(source, bytes);
  };
  for (const [index, { source }] of (declaration.files ?? []).entries())
    if (source !== undefined) await read(["files", index, "source"], source);
  if (declaration.image.dockerfile !== undefined) await read(["image", "dockerfile"], declaration.image.dockerfile);
  return { sources, problems };
}

/** The file's bytes, or what is wrong with it. A link may lead anywhere inside the plugin's folder and nowhere else. */
async function readInside(folder: string, name: string, limit: number): Promise<Uint8Array | string> {
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, name))]);
    if (!path.startsWith(root + sep)) return "is a link that leads out of the plugin's folder";
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const { size, ...stat } = await file.stat().then((info) => ({ size: info.size, isFile: info.isFile() }));
    if (!stat.isFile) return "is not a file";
    if (size > limit) return `has ${size} bytes; at most ${limit} are read`;
    const bytes = await file.readFile();
    return bytes.byteLength > limit ? `is being written to: it grew past ${limit} bytes` : bytes;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    if (code === "ENOENT") return "does not exist";
    return code === "EACCES" ? "cannot be read: permission denied" : `cannot be read (${code})`;
  }
}
