import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { SUPERVISE_PORT } from "#common/wire/ports.ts";
import { mintCertificateAuthority } from "../../../main/sidecars/certificate-authority.ts";
import { BundleFolder, SLUG } from "../../support/bundle/bundle-folder.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

const INIT = fileURLToPath(new URL("../../../dist/sidecars/init.cjs", import.meta.url));
const DOCKERFILE = new URL("../../../sidecars/Dockerfile", import.meta.url);
const BUNDLES = 8;
const KIB_PER_MIB = 1024;

/** One built bundle as a host process, with what its image gives it, after an agent and an operator have used it. */
async function startBundle(index: number, stack: AsyncDisposableStack): Promise<ChildProcess> {
  const listenHost = `127.77.${index}.1`;
  const ca = mintCertificateAuthority(SLUG, new Date());
  const parts = { listenHost, dns: process.getuid?.() === 0 };
  const folder = stack.use(await BundleFolder.create(parts, { certificate: ca.certificatePem, key: ca.keyPem }));
  const { nodeOptions, env } = await imageSettings();
  const child = spawn(process.execPath, [...nodeOptions, INIT, "--state", folder.path], { stdio: ["ignore", "ignore", "pipe"], env });
  stack.defer(() => stopChild(child));
  await listening(child);
  await using operator = await ControlPeer.greeted(folder.socket, 0);
  await using agent = await McpPeer.connect(SUPERVISE_PORT, listenHost);
  await agent.call("list-egress-routes", {});
  await operator.request({ type: "set-secrets", values: { TOKEN: "value" } });
  return child;
}

async function imageSettings(): Promise<{ nodeOptions: string[]; env: Record<string, string> }> {
  const text = await readFile(DOCKERFILE, "utf8");
  const [, ...command] = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(text)?.[1] ?? "[]") as string[];
  const settings = (/^ENV (.+)$/m.exec(text)?.[1] ?? "").split(" ").map((setting) => setting.split("=") as [string, string]);
  return { nodeOptions: command.slice(0, -1), env: Object.fromEntries(settings) };
}

async function listening(child: ChildProcess): Promise<void> {
  const ready = Promise.withResolvers<void>();
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (said.includes('"bundle-listening"')) ready.resolve();
  });
  child.once("exit", (code) => ready.reject(new Error(`the bundle ended with ${code}: ${said}`)));
  await ready.promise;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

async function memoryMib(pid: number | undefined): Promise<{ rss: number; pss: number }> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? Number.NaN) / KIB_PER_MIB;
  return { rss: field("Rss"), pss: field("Pss") };
}

/** Resident memory of one bundle, and of eight their proportional share each. pipelock is no part of a bundle yet. */
export async function run(): Promise<Record<string, number>> {
  await using stack = new AsyncDisposableStack();
  process.stderr.write("note: without pipelock, which bundles do not run yet\n");
  const children: ChildProcess[] = [];
  for (let index = 1; index <= BUNDLES; index++) children.push(await startBundle(index, stack));
  const memory = await Promise.all(children.map(({ pid }) => memoryMib(pid)));
  return {
    rssMiB: Math.max(...memory.map(({ rss }) => rss)),
    pssMiBOfEight: memory.reduce((sum, { pss }) => sum + pss, 0) / BUNDLES,
  };
}
