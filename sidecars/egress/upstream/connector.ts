import { lookup } from "node:dns/promises";
import type { LookupFunction, OnReadOpts } from "node:net";
import type { ConnectionOptions, SecureContext, TLSSocket } from "node:tls";
import { connect as connectTls, createSecureContext, getCACertificates } from "node:tls";
import type { EgressRule } from "#common/domain/decision.ts";
import type { Route } from "#common/domain/route.ts";
import type { Address } from "./address-policy.ts";
import { addressAllowed } from "./address-policy.ts";

export type UpstreamProtocol = "http/1.1" | "h2";

/** Opens a verified TLS connection to a route's host, for one protocol; throws `UpstreamFailure`. */
export interface UpstreamConnector {
  connect(route: Route, protocol: UpstreamProtocol): Promise<UpstreamSocket>;
}

/**
 * A connection whose reads all go through one buffer of its own instead of a stream's queue: per read that spares an allocation, an
 * event and a turn of the stream's machinery.
 */
export interface UpstreamSocket {
  readonly tls: TLSSocket;
  /** Is handed every read; `bytes` are overwritten by the next one. */
  onBytes: (bytes: Buffer) => void;
}

export class UpstreamFailure extends Error {
  override readonly name = "UpstreamFailure";
  readonly rule: EgressRule;
  readonly status: number;
  /** The server is there and speaks another protocol only. */
  readonly protocolRefused: boolean;

  constructor(rule: EgressRule, message: string, status: number, protocolRefused = false) {
    super(message);
    this.rule = rule;
    this.status = status;
    this.protocolRefused = protocolRefused;
  }
}

export interface ConnectorOptions {
  readonly connectTimeoutMs: number;
  /** PEM of roots trusted besides the public ones (EGR-9). */
  readonly extraCa: string | null;
  /** Defaults to the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>;
  /** Routes are for 443; tests have their upstreams elsewhere. */
  readonly port?: number;
}

export function createUpstreamConnector(options: ConnectorOptions): UpstreamConnector {
  const secureContext = upstreamContext(options.extraCa);
  const resolve = options.resolve ?? systemResolve;
  const sessions = new Map<string, Buffer>();
  return {
    async connect(route, protocol) {
      const addresses = await within(options.connectTimeoutMs, vetted(route, resolve), route.host);
      const port = options.port ?? 443;
      return openTls({ route, protocol, addresses, secureContext, sessions, port, timeoutMs: options.connectTimeoutMs });
    },
  };
}

function upstreamContext(extraCa: string | null): SecureContext {
  if (extraCa === null) return createSecureContext({ minVersion: "TLSv1.2" });
  return createSecureContext({ minVersion: "TLSv1.2", ca: [...getCACertificates("default"), extraCa] });
}

async function systemResolve(host: string): Promise<readonly Address[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

async function vetted(route: Route, resolve: (host: string) => Promise<readonly Address[]>): Promise<readonly Address[]> {
  const all = await resolve(route.host).catch((error: unknown) => {
    throw new UpstreamFailure("upstream-unreachable", `the address of ${route.host} cannot be found (${errorCode(error)})`, 502);
  });
  const allowed = all.filter((address) => addressAllowed(address, route.pipelock.ssrfIpAllowlist));
  if (allowed.length > 0) return allowed;
  if (all.length === 0) throw new UpstreamFailure("upstream-unreachable", `${route.host} has no address`, 502);
  throw new UpstreamFailure("address-refused", `${route.host} resolves to ${all[0]?.address}, which no bottle may reach`, 403);
}

interface OpenTls {
  readonly route: Route;
  readonly protocol: UpstreamProtocol;
  readonly addresses: readonly Address[];
  readonly secureContext: SecureContext;
  readonly sessions: Map<string, Buffer>;
  readonly port: number;
  readonly timeoutMs: number;
}

// What one TLS record holds at most.
const READ_BYTES = 16 * 1024;

function openTls({ route, protocol, addresses, secureContext, sessions, port, timeoutMs }: OpenTls): Promise<UpstreamSocket> {
  const { host } = route;
  const session = sessions.get(host);
  return new Promise((resolve, reject) => {
    const reads = Buffer.allocUnsafeSlow(READ_BYTES);
    const onread: OnReadOpts = {
      buffer: reads,
      callback: (size) => {
        upstream.onBytes(reads.subarray(0, size));
        return true;
      },
    };
    const options: ConnectionOptions & { onread?: OnReadOpts } = {
      host,
      port,
      servername: host,
      secureContext,
      ALPNProtocols: [protocol],
      // The vetted addresses, tried in turn; a second lookup could answer differently (DNS rebinding).
      lookup: answerWith(addresses),
      // A session of HTTP/2 reads for itself.
      ...(protocol === "h2" ? {} : { onread }),
      ...(session === undefined ? {} : { session }),
    };
    const socket = connectTls(options);
    // Whoever answers before it is asked is not believed.
    const upstream: UpstreamSocket = { tls: socket, onBytes: () => socket.destroy() };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new UpstreamFailure("upstream-unreachable", `${host} did not answer in time`, 504));
    }, timeoutMs);
    socket.setNoDelay(true);
    socket.on("session", (fresh) => sessions.set(host, fresh));
    socket.once("error", (error) => {
      clearTimeout(timer);
      sessions.delete(host);
      reject(connectFailure(host, error));
    });
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      socket.removeAllListeners("error");
      resolve(upstream);
    });
  });
}

function answerWith(addresses: readonly Address[]): LookupFunction {
  return (_host, options, callback) => {
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
  };
}

const CERTIFICATE_ERROR = /CERT|SELF_SIGNED|UNABLE_TO|ISSUER|ERR_TLS_CERT_ALTNAME_INVALID/;

function connectFailure(host: string, error: Error): UpstreamFailure {
  const code = errorCode(error);
  if (code.includes("NO_APPLICATION_PROTOCOL"))
    return new UpstreamFailure("upstream-unreachable", `${host} does not speak the protocol that was asked for`, 502, true);
  if (CERTIFICATE_ERROR.test(code))
    return new UpstreamFailure("upstream-certificate", `the certificate of ${host} does not verify (${code})`, 502);
  return new UpstreamFailure("upstream-unreachable", `${host} cannot be reached (${code})`, 502);
}

// Codes only: messages of some errors quote what was sent or received.
function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown error";
}

async function within<T>(ms: number, work: Promise<T>, host: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new UpstreamFailure("upstream-unreachable", `the address of ${host} was not found in time`, 504)),
    ms,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
