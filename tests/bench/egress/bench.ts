import type { ChildProcess } from "node:child_process";
import { execFileSync, fork, spawn } from "node:child_process";
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { encodeCertificate, encodePem } from "#common/wire/certificate-der.ts";
import type { CertificateAuthority } from "../../../main/sidecars/certificate-authority.ts";
import { mintCertificateAuthority } from "../../../main/sidecars/certificate-authority.ts";
import { medianEventDelayMs } from "./event-delay.ts";
import type { ProxyStart, ProxyUsage } from "./proxy-process.ts";

const HOST = "api.example.com";
const ROUND_MS = 500;
const WARM_UP_MS = 300;
const ROUNDS = 5;
/** mitmproxy is slow to shake hands as well, and its ratio is far from any limit. */
const MITMPROXY_ROUNDS = 3;
const ANSWER_BYTES = 1024;
const cache = join(import.meta.dirname, "../../../.cache/bench");

/**
 * Egress against a plain CONNECT tunnel, no proxy and, where it is installed, mitmproxy: 1 KiB answers, the same client for all, one
 * core for the proxy. What is compared runs in turn, many short rounds, and the median of the rounds' ratios counts.
 */
export async function run(): Promise<Record<string, number>> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "egress-bench-"));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const bench = await prepare(stack, folder);
  // Compiled code is what runs for hours: neither proxy is judged by its first second.
  for (const proxy of [bench.tunnel, bench.egress]) await drive(bench, { connections: 64, ca: null, proxyPort: proxy.port });
  const few = await measureRounds(bench, 16);
  const many = await measureRounds(bench, 64);
  const usage = await usageOf(bench.egress.process);
  const sseDelayMsMedian = await addedEventDelay(stack, bench);
  return {
    rpsVsTunnel: few.vsTunnel,
    rpsVsTunnelOf64: many.vsTunnel,
    rpsVsNoProxy: few.vsNoProxy,
    ...(await againstMitmproxy(bench)),
    rps: few.rps,
    cpuMicrosPerRequest: few.cpuMicros,
    cpuMicrosPerRequestOf64: many.cpuMicros,
    tunnelCpuMicrosPerRequest: few.tunnelCpuMicros,
    sseDelayMsMedian,
    rssMiB: usage.rssMiB,
  };
}

interface Bench {
  readonly load: string;
  readonly folder: string;
  readonly upstreamPort: number;
  readonly start: Omit<ProxyStart, "kind" | "upstreamPort">;
  readonly internetCa: CertificateAuthority;
  readonly egress: ProxyChild;
  readonly tunnel: ProxyChild;
  readonly mitmproxyPort: number | null;
}

interface ProxyChild {
  readonly process: ChildProcess;
  readonly port: number;
}

async function prepare(stack: AsyncDisposableStack, folder: string): Promise<Bench> {
  const load = compileLoad();
  const bottleCa = mintCertificateAuthority("bench-abcde", new Date());
  const internetCa = mintCertificateAuthority("internet-abcde", new Date());
  writeFileSync(join(folder, "bottle.pem"), bottleCa.certificatePem);
  writeFileSync(join(folder, "internet.pem"), internetCa.certificatePem);
  writeLeaf(folder, internetCa);
  const upstreamPort = await startUpstream(stack, load, folder);
  const start = { host: HOST, bottleCa, internetCaPem: internetCa.certificatePem };
  const [egress, tunnel] = await Promise.all([
    startProxy(stack, { ...start, kind: "egress", upstreamPort }),
    startProxy(stack, { ...start, kind: "tunnel", upstreamPort }),
  ]);
  const mitmproxyPort = await startMitmproxy(stack, { folder, upstreamPort, bottleCa });
  return { load, folder, upstreamPort, start, internetCa, egress, tunnel, mitmproxyPort };
}

function compileLoad(): string {
  const source = join(import.meta.dirname, "load.c");
  const binary = join(cache, "load");
  if (existsSync(binary) && statSync(binary).mtimeMs > statSync(source).mtimeMs) return binary;
  mkdirSync(cache, { recursive: true });
  // libssl-dev is needed besides a compiler.
  execFileSync("cc", ["-O2", "-o", binary, source, "-lssl", "-lcrypto"], { stdio: ["ignore", "inherit", "inherit"] });
  return binary;
}

function writeLeaf(folder: string, ca: CertificateAuthority): void {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const caSpki = createPublicKey(ca.keyPem).export({ type: "spki", format: "der" });
  const certificate = encodeCertificate(
    {
      serial: randomBytes(16),
      issuer: "bot-bottle internet-abcde CA",
      subject: HOST,
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 86_400_000),
      publicKey: spki,
      subjectKeyId: keyId(spki),
      issuerKeyId: keyId(caSpki),
      use: { kind: "server", host: HOST },
    },
    (tbs) => sign("sha256", tbs, ca.keyPem),
  );
  writeFileSync(join(folder, "leaf.pem"), encodePem("CERTIFICATE", Buffer.from(certificate).toString("base64")));
  writeFileSync(join(folder, "leaf-key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
}

function keyId(spki: Uint8Array): Uint8Array {
  return createHash("sha1").update(spki).digest();
}

/** Load on the last core, proxies on the first: one core for the proxy, as in production by one thread. */
function pinned(core: "proxy" | "load", command: string, args: string[]): [string, string[]] {
  if (availableParallelism() < 2 || !existsSync("/usr/bin/taskset")) return [command, args];
  const cores = core === "proxy" ? "0" : `1-${availableParallelism() - 1}`;
  return ["taskset", ["-c", cores, command, ...args]];
}

async function startUpstream(stack: AsyncDisposableStack, load: string, folder: string): Promise<number> {
  const args = ["serve", join(folder, "leaf.pem"), join(folder, "leaf-key.pem"), String(ANSWER_BYTES)];
  const child = spawn(...pinned("load", load, args), { stdio: ["ignore", "pipe", "inherit"] });
  stack.defer(() => void child.kill());
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return Number(line.toString());
}

async function startProxy(stack: AsyncDisposableStack, start: ProxyStart): Promise<ProxyChild> {
  const child = fork(join(import.meta.dirname, "proxy-process.ts"));
  stack.defer(() => void child.kill());
  if (availableParallelism() > 1) execFileSync("taskset", ["-acp", "0", String(child.pid)], { stdio: "ignore" });
  child.send(start);
  const [port] = (await once(child, "message")) as [number];
  return { process: child, port };
}

async function usageOf(child: ChildProcess): Promise<ProxyUsage> {
  child.send("usage");
  const [usage] = (await once(child, "message")) as [ProxyUsage];
  return usage;
}

interface Drive {
  readonly connections: number;
  readonly ca: "bottle" | "internet" | null;
  /** Null goes to the upstream itself. */
  readonly proxyPort: number | null;
}

interface Load {
  readonly rps: number;
  /** All of them, those of the warm-up too. */
  readonly answers: number;
}

interface Rounds {
  readonly rps: number;
  readonly vsTunnel: number;
  readonly vsNoProxy: number;
  readonly cpuMicros: number;
  readonly tunnelCpuMicros: number;
}

async function measureRounds(bench: Bench, connections: number): Promise<Rounds> {
  const rounds: Rounds[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const none = await drive(bench, { connections, ca: "internet", proxyPort: null });
    const tunnel = await driveMetered(bench, bench.tunnel, { connections, ca: "internet", proxyPort: bench.tunnel.port });
    const egress = await driveMetered(bench, bench.egress, { connections, ca: "bottle", proxyPort: bench.egress.port });
    rounds.push({
      rps: egress.rps,
      vsTunnel: egress.rps / tunnel.rps,
      vsNoProxy: egress.rps / none.rps,
      cpuMicros: egress.cpuMicros,
      tunnelCpuMicros: tunnel.cpuMicros,
    });
  }
  const middle = (key: keyof Rounds) => median(rounds.map((round) => round[key]));
  return {
    rps: middle("rps"),
    vsTunnel: middle("vsTunnel"),
    vsNoProxy: middle("vsNoProxy"),
    cpuMicros: middle("cpuMicros"),
    tunnelCpuMicros: middle("tunnelCpuMicros"),
  };
}

async function againstMitmproxy(bench: Bench): Promise<Record<string, number>> {
  if (bench.mitmproxyPort === null) return {};
  const ratios: number[] = [];
  for (let round = 0; round < MITMPROXY_ROUNDS; round += 1) {
    const mitmproxy = await drive(bench, { connections: 16, ca: null, proxyPort: bench.mitmproxyPort });
    const egress = await drive(bench, { connections: 16, ca: "bottle", proxyPort: bench.egress.port });
    if (mitmproxy.rps > 0) ratios.push(egress.rps / mitmproxy.rps);
  }
  if (ratios.length > 0) return { rpsVsMitmproxy: median(ratios) };
  console.error("mitmproxy answered nothing in time: rpsVsMitmproxy is left out");
  return {};
}

async function driveMetered(bench: Bench, proxy: ProxyChild, options: Drive): Promise<Load & { readonly cpuMicros: number }> {
  const before = await usageOf(proxy.process);
  const load = await drive(bench, options);
  const after = await usageOf(proxy.process);
  return { ...load, cpuMicros: (after.cpuMicros - before.cpuMicros) / load.answers };
}

async function drive(bench: Bench, { connections, ca, proxyPort }: Drive): Promise<Load> {
  const trust = ca === null ? "-" : join(bench.folder, `${ca}.pem`);
  const numbers = [bench.upstreamPort, proxyPort ?? 0, connections, WARM_UP_MS, ROUND_MS];
  const child = spawn(...pinned("load", bench.load, ["drive", trust, HOST, ...numbers.map(String)]), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`the load client ended with code ${code}`);
  const [rps, answers] = output.split(" ").map(Number);
  return { rps: rps ?? Number.NaN, answers: answers ?? Number.NaN };
}

async function addedEventDelay(stack: AsyncDisposableStack, bench: Bench): Promise<number> {
  const certificate = { certFile: join(bench.folder, "leaf.pem"), keyFile: join(bench.folder, "leaf-key.pem") };
  return medianEventDelayMs({
    host: HOST,
    certificate,
    internetCaPem: bench.internetCa.certificatePem,
    bottleCaPem: bench.start.bottleCa.certificatePem,
    startEgress: async (upstreamPort) => (await startProxy(stack, { ...bench.start, kind: "egress", upstreamPort })).port,
  });
}

/** Only where somebody put it: `python3 -m venv .cache/bench/mitmproxy && .cache/bench/mitmproxy/bin/pip install "mitmproxy<12"`. */
async function startMitmproxy(
  stack: AsyncDisposableStack,
  parts: { folder: string; upstreamPort: number; bottleCa: CertificateAuthority },
): Promise<number | null> {
  const program = join(cache, "mitmproxy/bin/mitmdump");
  if (!existsSync(program)) {
    console.error(`mitmproxy is not in ${join(".cache/bench/mitmproxy")}: rpsVsMitmproxy is left out`);
    return null;
  }
  const confdir = join(parts.folder, "mitm");
  mkdirSync(confdir);
  writeFileSync(join(confdir, "mitmproxy-ca.pem"), parts.bottleCa.keyPem + parts.bottleCa.certificatePem);
  writeFileSync(join(parts.folder, "policy.py"), mitmproxyPolicy(parts.upstreamPort));
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const options = [
    "-q",
    "--listen-host",
    "127.0.0.1",
    "-p",
    String(port),
    "--set",
    `confdir=${confdir}`,
    "--set",
    "connection_strategy=lazy",
  ];
  const trust = ["--set", `ssl_verify_upstream_trusted_ca=${join(parts.folder, "internet.pem")}`, "--set", "http2=false"];
  const child = spawn(...pinned("proxy", program, [...options, ...trust, "-s", join(parts.folder, "policy.py")]), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  stack.defer(() => void child.kill());
  const started = await Promise.race([once(child.stdout, "data").then(() => true), once(child, "exit").then(() => false)]);
  if (!started) console.error("mitmproxy did not start: rpsVsMitmproxy is left out");
  return started ? port : null;
}

function mitmproxyPolicy(upstreamPort: number): string {
  return `
from mitmproxy import http
def running():
    print("ready", flush=True)
def server_connect(data):
    data.server.address = ("127.0.0.1", ${upstreamPort})
def request(flow):
    if flow.request.pretty_host != "${HOST}" or not flow.request.path.startswith("/v1"):
        flow.response = http.Response.make(403)
        return
    flow.request.headers["Authorization"] = "Bearer token"
`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
