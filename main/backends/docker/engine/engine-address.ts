import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { OperatorError } from "#common/domain/operator-error.ts";

export interface EngineTls {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

/** Where the engine listens. It may be on another machine: nothing may rest on it seeing this machine's files (D3). */
export type EngineAddress =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls: EngineTls | null }
  | { readonly kind: "ssh"; readonly destination: string; readonly port: string | null };

export interface EngineSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
}

const DockerConfig = z.object({ currentContext: z.string().optional() });
const ContextMeta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

/** DOCKER_HOST, else the chosen context, else the default socket: the order of the engine's own command line. */
export async function locateEngine({ env, homeDir }: EngineSurroundings): Promise<EngineAddress> {
  const configDir = env.DOCKER_CONFIG ?? join(homeDir, ".docker");
  const host = env.DOCKER_HOST;
  if (host) return parseEngineHost(host, await tlsOfEnvironment(env, configDir));
  const context = env.DOCKER_CONTEXT ?? (await currentContext(configDir));
  if (context !== null && context !== "default") return await addressOfContext(configDir, context);
  return { kind: "socket", path: await defaultSocket(homeDir) };
}

export function parseEngineHost(host: string, tls: EngineTls | null): EngineAddress {
  const url = parseUrl(host.includes("://") ? host : `tcp://${host}`, host);
  if (url.protocol === "unix:" || url.protocol === "npipe:") return { kind: "socket", path: host.slice(host.indexOf("://") + 3) };
  if (url.protocol === "ssh:") {
    const user = url.username ? `${decodeURIComponent(url.username)}@` : "";
    return { kind: "ssh", destination: sshDestination(user + url.hostname, host), port: url.port || null };
  }
  if (url.hostname === "") throw badHost(host);
  if (url.protocol === "tcp:" || url.protocol === "http:" || url.protocol === "https:") {
    return { kind: "tcp", host: url.hostname, port: Number(url.port || (tls === null ? 2375 : 2376)), tls };
  }
  throw badHost(host);
}

/** A destination that starts with a dash would be read as an option by ssh. */
function sshDestination(destination: string, host: string): string {
  if (destination.startsWith("-") || /\s/.test(destination)) throw badHost(host);
  return destination;
}

function parseUrl(text: string, host: string): URL {
  try {
    return new URL(text);
  } catch {
    throw badHost(host);
  }
}

function badHost(host: string): OperatorError {
  return new OperatorError("engine-unavailable", {
    message: `"${host}" is not an engine address`,
    hint: "Set DOCKER_HOST to unix:///path, tcp://host:port or ssh://user@host.",
  });
}

async function tlsOfEnvironment(env: EngineSurroundings["env"], configDir: string): Promise<EngineTls | null> {
  if (!env.DOCKER_TLS_VERIFY && !env.DOCKER_CERT_PATH) return null;
  return await readTls(env.DOCKER_CERT_PATH ?? configDir);
}

async function readTls(folder: string): Promise<EngineTls> {
  const [ca, cert, key] = await Promise.all(["ca.pem", "cert.pem", "key.pem"].map((name) => readOptional(join(folder, name))));
  return { ca: ca ?? null, cert: cert ?? null, key: key ?? null };
}

async function currentContext(configDir: string): Promise<string | null> {
  const text = await readOptional(join(configDir, "config.json"));
  if (text === null) return null;
  const config = DockerConfig.safeParse(parseJson(text));
  return config.data?.currentContext || null;
}

async function addressOfContext(configDir: string, name: string): Promise<EngineAddress> {
  const digest = createHash("sha256").update(name).digest("hex");
  const text = await readOptional(join(configDir, "contexts", "meta", digest, "meta.json"));
  const meta = ContextMeta.safeParse(text === null ? null : parseJson(text));
  if (!meta.success) {
    throw new OperatorError("engine-unavailable", {
      message: `the engine context "${name}" cannot be read`,
      hint: "Choose another with `docker context use`, or set DOCKER_HOST.",
    });
  }
  const tls = await readTls(join(configDir, "contexts", "tls", digest, "docker"));
  return parseEngineHost(meta.data.Endpoints.docker.Host, tls.ca === null && tls.cert === null ? null : tls);
}

async function defaultSocket(homeDir: string): Promise<string> {
  if (process.platform === "win32") return "//./pipe/docker_engine";
  const candidates = ["/var/run/docker.sock", join(homeDir, ".docker", "run", "docker.sock")];
  for (const path of candidates) if (await exists(path)) return path;
  return "/var/run/docker.sock";
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

async function readOptional(path: string): Promise<string | null> {
  return await readFile(path, "utf8").catch(() => null);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
