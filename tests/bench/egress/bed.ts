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
import { startMitmproxy } from "./mitmproxy.ts";
import type { ProxyStart, ProxyUsage } from "./proxy-process.ts";

export const HOST = "api.example.com";
/** Hosts that nobody has asked for yet; the server's certificate is for all of them. */
export const NEW_HOSTS: readonly string[] = Array.from({ length: 15 }, (_, at) => `new-${at}.example.com`);
const ANY_HOST = "*.example.com";
const cache = join(import.meta.dirname, "../../../.cache/bench");

/** Everything that stands while figures are taken. */
export interface Bed {
  /** The program that is server and client. */
  readonly load: string;
  readonly folder: string;
  readonly upstreamPort: number;
  readonly start: Omit<ProxyStart, "kind" | "upstreamPort">;
  readonly egress: ProxyChild;
  readonly tunnel: ProxyChild;
  readonly mitmproxyPort: number | null;
}

export interface ProxyChild {
  readonly process: ChildProcess;
  readonly port: number;
}

export async function makeBed(stack: AsyncDisposableStack): Promise<Bed> {
  const folder = mkdtempSync(join(tmpdir(), "egress-bench-"));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const load = compileLoad();
  const bottleCa = mintCertificateAuthority("bench-abcde", new Date());
  const internetCa = mintCertificateAuthority("internet-abcde", new Date());
  writeFileSync(join(folder, "bottle.pem"), bottleCa.certificatePem);
  writeFileSync(join(folder, "internet.pem"), internetCa.certificatePem);
  writeLeaf(folder, internetCa);
  const upstreamPort = await startUpstream(stack, load, folder);
  const start = { hosts: [HOST, ...NEW_HOSTS], bottleCa, internetCaPem: internetCa.certificatePem };
  const [egress, tunnel] = await Promise.all([
    startProxy(stack, { ...start, kind: "egress", upstreamPort }),
    startProxy(stack, { ...start, kind: "tunnel", upstreamPort }),
  ]);
  const mitmproxyPort = await startMitmproxy(stack, { folder, upstreamPort, bottleCa, host: HOST, pinned });
  return { load, folder, upstreamPort, start, egress, tunnel, mitmproxyPort };
}

/** Load on the last core, proxies on the first: one core for the proxy, as in production by one thread. */
export function pinned(core: "proxy" | "load", command: string, args: string[]): [string, string[]] {
  if (availableParallelism() < 2 || !existsSync("/usr/bin/taskset")) return [command, args];
  const cores = core === "proxy" ? "0" : `1-${availableParallelism() - 1}`;
  return ["taskset", ["-c", cores, command, ...args]];
}

export async function startProxy(stack: AsyncDisposableStack, start: ProxyStart): Promise<ProxyChild> {
  const child = fork(join(import.meta.dirname, "proxy-process.ts"));
  stack.defer(() => void child.kill());
  if (availableParallelism() > 1) execFileSync("taskset", ["-acp", "0", String(child.pid)], { stdio: "ignore" });
  child.send(start);
  const [port] = (await once(child, "message")) as [number];
  return { process: child, port };
}

export async function usageOf(child: ChildProcess): Promise<ProxyUsage> {
  child.send("usage");
  const [usage] = (await once(child, "message")) as [ProxyUsage];
  return usage;
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
      subject: ANY_HOST,
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 86_400_000),
      publicKey: spki,
      subjectKeyId: keyId(spki),
      issuerKeyId: keyId(caSpki),
      use: { kind: "server", host: ANY_HOST },
    },
    (tbs) => sign("sha256", tbs, ca.keyPem),
  );
  writeFileSync(join(folder, "leaf.pem"), encodePem("CERTIFICATE", Buffer.from(certificate).toString("base64")));
  writeFileSync(join(folder, "leaf-key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
}

function keyId(spki: Uint8Array): Uint8Array {
  return createHash("sha1").update(spki).digest();
}

async function startUpstream(stack: AsyncDisposableStack, load: string, folder: string): Promise<number> {
  const args = ["serve", join(folder, "leaf.pem"), join(folder, "leaf-key.pem")];
  const child = spawn(...pinned("load", load, args), { stdio: ["ignore", "pipe", "inherit"] });
  stack.defer(() => void child.kill());
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return Number(line.toString());
}
