import { mkdtemp, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import type { ImageSpec } from "../../../main/backends/backend.ts";
import { lazyEngine } from "../../../main/backends/docker/engine/connect.ts";
import { BaseImage } from "../../../main/backends/docker/images/base-image.ts";
import { ImageStore } from "../../../main/backends/docker/images/image-store.ts";
import { describeImage } from "../../../main/backends/image-spec.ts";
import { newKey } from "./ssh-upstream.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const HOME = "/home/git";

/** Throwaway keys of a code host and of its one client, made before the bottle that is to know them. */
export interface UpstreamKeys extends AsyncDisposable {
  /** File of the client's private key. */
  readonly clientKey: string;
  /** `<type> <base64>`, as a manifest declares it. */
  readonly hostKey: string;
  readonly folder: string;
}

export async function makeUpstreamKeys(): Promise<UpstreamKeys> {
  const folder = await mkdtemp(join(tmpdir(), "bot-bottle-upstream-"));
  const clientKey = join(folder, "client");
  await newKey(clientKey);
  await newKey(join(folder, "host"));
  const [type = "", key = ""] = (await readFile(join(folder, "host.pub"), "utf8")).split(" ");
  return { folder, clientKey, hostKey: `${type} ${key}`, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** A real sshd with bare repositories, in a container on one bottle's egress network: where the gate finds it and the agent does not. */
export interface UpstreamContainer extends AsyncDisposable {
  readonly name: string;
  /** Runs git in one of the repositories, as its owner would; rejects with what git said. */
  git(repo: string, ...args: readonly string[]): Promise<string>;
  /** Ids of all objects that are there, reachable or not. */
  objects(repo: string): Promise<string[]>;
}

/** `host` is its name on that network; each of `repos` an empty repository `owner/<name>.git` below its account's home. */
export async function startUpstream(slug: string, host: string, keys: UpstreamKeys, repos: readonly string[]): Promise<UpstreamContainer> {
  const engine = lazyEngine({ env: process.env, homeDir: homedir() });
  const docker = await engine.client();
  const image = await describeUpstreamImage();
  const base = new BaseImage({ env: process.env, cacheDir: join(ROOT, ".cache"), address: () => engine.address() });
  await new ImageStore({ env: process.env, base }).ensure(docker, image, () => {}, AbortSignal.timeout(900_000));
  const network = `bot-bottle-${slug}-egress`;
  const name = `test-upstream-${slug}`;
  const container = await docker.createContainer({
    name,
    Image: image.ref,
    HostConfig: { NetworkMode: network },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [host] } } },
  });
  const dispose = async () => void (await container.remove({ force: true, v: true }));
  try {
    await container.putArchive(await keysArchive(keys), { path: "/" });
    await container.start();
    await listening(container);
    for (const repo of repos) await run(container, ["git", "init", "-q", "--bare", "-b", "main", pathOf(repo)]);
  } catch (error) {
    await dispose();
    throw error;
  }
  const git = (repo: string, ...args: readonly string[]) => run(container, ["git", "--git-dir", pathOf(repo), ...args]);
  return {
    name,
    git,
    objects: async (repo) => lines(await git(repo, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")),
    [Symbol.asyncDispose]: dispose,
  };
}

async function describeUpstreamImage(): Promise<ImageSpec> {
  const dockerfile = join(import.meta.dirname, "upstream.Dockerfile");
  return await describeImage({
    name: "bot-bottle-test-upstream",
    build: { dockerfile, contextDir: join(import.meta.dirname, "upstream"), args: {} },
  });
}

function pathOf(repo: string): string {
  return `${HOME}/owner/${repo}.git`;
}

async function keysArchive(keys: UpstreamKeys): Promise<Readable> {
  const archive = pack();
  archive.entry({ name: "etc/ssh/host_key", mode: 0o600 }, await readFile(join(keys.folder, "host")));
  archive.entry({ name: "home/git/.ssh/authorized_keys", mode: 0o644 }, await readFile(`${keys.clientKey}.pub`));
  archive.finalize();
  return archive as unknown as Readable;
}

async function listening(container: Docker.Container): Promise<void> {
  const log = (await container.logs({ follow: true, stdout: true, stderr: true })) as unknown as Readable;
  try {
    for await (const chunk of log) if (String(chunk).includes("Server listening")) return;
    throw new Error("the upstream's sshd ended before it listened");
  } finally {
    log.destroy();
  }
}

async function run(container: Docker.Container, argv: readonly string[]): Promise<string> {
  const exec = await container.exec({ Cmd: [...argv], User: "git", AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  container.modem.demuxStream(stream, stdout, stderr);
  stream.once("end", () => {
    stdout.end();
    stderr.end();
  });
  const [out, said] = await Promise.all([text(stdout), text(stderr)]);
  const { ExitCode: code } = await exec.inspect();
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${said}`);
  return out.trim();
}

function lines(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}
