import { access, chmod, copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import type Docker from "dockerode";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { EngineAddress } from "../engine/engine-address.ts";
import { followProgress } from "./progress-lines.ts";
import { runTool, spawnTool } from "./run-tool.ts";

export const NODE_VERSION = "24.21.0";
/** The package manager's version that this Node's own image would bring is of no weight; it only has to be pinned. */
const NPM_VERSION = "11.21.2";
const DEBIAN_RELEASE = "bookworm";

/** Names its parts, so that another version of one is another base. */
export const OFFLINE_BASE = `bot-bottle-base:${DEBIAN_RELEASE}-node${NODE_VERSION}-npm${NPM_VERSION}`;

export interface OfflineBaseDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cacheDir: string;
  readonly address: () => Promise<EngineAddress>;
}

type Detail = (text: string) => void;

/**
 * Makes a base equal in use to the public one from Debian's packages, this product's pinned Node and npm, for machines
 * that reach package mirrors but no image registry (D13).
 */
export async function buildOfflineBase(
  deps: OfflineBaseDeps,
  engine: Docker,
  refusal: string,
  detail: Detail,
  signal: AbortSignal,
): Promise<void> {
  const node = await requireMeans(deps, engine, refusal);
  await mkdir(deps.cacheDir, { recursive: true });
  const workDir = await mkdtemp(join(deps.cacheDir, "base-"));
  try {
    const root = join(workDir, "root");
    const tool = { env: deps.env, detail, signal };
    await runTool("debootstrap", ["--variant=minbase", "--merged-usr", DEBIAN_RELEASE, root], tool);
    await addNode(root, workDir, node, tool);
    await addGuestUser(root, tool);
    await dropLeftovers(root);
    detail("importing the base image");
    await importRoot(engine, root, tool);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

type Tool = Parameters<typeof runTool>[2];

async function addNode(root: string, workDir: string, node: string, tool: Tool): Promise<void> {
  const local = join(root, "usr", "local");
  await mkdir(join(local, "bin"), { recursive: true });
  await copyFile(node, join(local, "bin", "node"));
  await chmod(join(local, "bin", "node"), 0o755);
  await symlink("node", join(local, "bin", "nodejs"));
  await runTool("npm", ["pack", "--silent", `npm@${NPM_VERSION}`, "--pack-destination", workDir], tool);
  await runTool("tar", ["-xzf", join(workDir, `npm-${NPM_VERSION}.tgz`), "-C", workDir, "--no-same-owner"], tool);
  await cp(join(workDir, "package"), join(local, "lib", "node_modules", "npm"), { recursive: true });
  for (const name of ["npm", "npx"]) await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, "bin", name));
}

async function addGuestUser(root: string, tool: Tool): Promise<void> {
  await runTool("chroot", [root, "/usr/sbin/groupadd", "--gid", "1000", "node"], tool);
  await runTool(
    "chroot",
    [root, "/usr/sbin/useradd", "--uid", "1000", "--gid", "node", "--shell", "/bin/bash", "--create-home", "node"],
    tool,
  );
}

/** What bootstrapping left and no image needs, and this machine's name server. */
async function dropLeftovers(root: string): Promise<void> {
  for (const folder of ["var/cache/apt/archives", "var/lib/apt/lists"]) {
    const path = join(root, folder);
    for (const name of await readdir(path)) await rm(join(path, name), { recursive: true });
  }
  for (const file of ["etc/resolv.conf", "etc/hostname", "var/log/bootstrap.log"]) await rm(join(root, file), { force: true });
}

/** Streams the root to the engine; the system's tar keeps owners, modes and links as they are. */
async function importRoot(engine: Docker, root: string, tool: Tool): Promise<void> {
  const tar = spawnTool("tar", ["-C", root, "--numeric-owner", "-c", "."], tool);
  const [repo, tag] = OFFLINE_BASE.split(":");
  // The types know no `changes`, which the engine's interface has.
  const options = { repo, tag, changes: ['CMD ["node"]', `ENV NODE_VERSION=${NODE_VERSION}`], abortSignal: tool.signal };
  const [response] = await Promise.all([engine.importImage(tar.stdout, options), finished(tar.stdout)]);
  await followProgress(response, tool.detail, tool.signal);
}

/** Checks everything up front, so that the hint names the whole way out and not the first stone on it. */
async function requireMeans(deps: OfflineBaseDeps, engine: Docker, refusal: string): Promise<string> {
  const { Architecture, OSType } = await engine.info();
  const address = await deps.address();
  const node = await findPinnedNode();
  const lacking = [
    process.platform !== "linux" || OSType !== "linux" ? "Linux on both sides" : null,
    address.kind !== "socket" || ARCHITECTURES[process.arch] !== Architecture ? "an engine on this machine" : null,
    process.getuid?.() !== 0 ? "root" : null,
    (await onPath("debootstrap", deps.env)) ? null : "debootstrap (apt-get install debootstrap)",
    (await onPath("npm", deps.env)) ? null : "npm",
    node === null ? "the pinned Node of this product's own packages (npm ci)" : null,
  ].filter((need) => need !== null);
  if (node !== null && lacking.length === 0) return node;
  throw new OperatorError("image-missing", {
    message: `the base image can neither be pulled (${refusal}) nor be built here`,
    hint: `Make an image registry reachable for the engine, or provide: ${lacking.join(", ")}.`,
  });
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

async function findPinnedNode(): Promise<string | null> {
  try {
    const manifest = createRequire(import.meta.url).resolve("node/package.json");
    const binary = join(dirname(manifest), "bin", "node");
    await access(binary);
    return binary;
  } catch {
    return null;
  }
}

async function onPath(name: string, env: OfflineBaseDeps["env"]): Promise<boolean> {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const found = await access(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
