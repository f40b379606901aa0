import { once } from "node:events";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import type { TLSSocket } from "node:tls";
import { connect as connectTls, createSecureContext, createServer as createTlsServer } from "node:tls";
import type { EgressDecision } from "#common/domain/decision.ts";
import type { Grant } from "#common/domain/route.ts";
import { Route } from "#common/domain/route.ts";
import { mintCertificateAuthority } from "../../../../main/sidecars/certificate-authority.ts";
import type { EgressClock } from "../../../../sidecars/egress/clock.ts";
import { systemClock } from "../../../../sidecars/egress/clock.ts";
import type { EgressLimits } from "../../../../sidecars/egress/limits.ts";
import type { EgressProxy, EgressProxyOptions } from "../../../../sidecars/egress/proxy.ts";
import { createEgressProxy } from "../../../../sidecars/egress/proxy.ts";
import { LeafCertificates } from "../../../../sidecars/egress/tls/leaf-certificates.ts";
import type { Address } from "../../../../sidecars/egress/upstream/address-policy.ts";
import { createUpstreamConnector } from "../../../../sidecars/egress/upstream/connector.ts";

export const HOST = "api.example.com";
export const bottleCa = mintCertificateAuthority("test-abcde", new Date());
export const internetCa = mintCertificateAuthority("internet-abcde", new Date());
export const internetLeaves = new LeafCertificates({
  caCertificatePem: internetCa.certificatePem,
  caKeyPem: internetCa.keyPem,
  maxContexts: 10,
  now: () => Date.now(),
});

export function route(overrides: Record<string, unknown> = {}): Route {
  const origin = { kind: "manifest", bottle: "test" };
  return Route.parse({ host: HOST, origin, pipelock: { ssrfIpAllowlist: ["127.0.0.1"] }, ...overrides });
}

export interface Upstream extends AsyncDisposable {
  readonly port: number;
}

/** A TLS server of the internet for `host`, speaking HTTP by Node's own parser. */
export async function httpUpstream(listener: RequestListener, host = HOST, onServer?: (server: Server) => void): Promise<Upstream> {
  const server = createHttpsServer({ SNICallback: (_name, done) => done(null, internetLeaves.contextFor(host)) }, listener);
  onServer?.(server);
  return listening(server);
}

/** A TLS server that does as `onConnection` says, byte for byte. */
export async function rawUpstream(onConnection: (socket: TLSSocket) => unknown, host = HOST): Promise<Upstream> {
  const server = createTlsServer({ SNICallback: (_name, done) => done(null, internetLeaves.contextFor(host)) }, (socket) => {
    socket.on("error", () => undefined);
    // A connection that ends before its script does is what some tests are about.
    Promise.resolve(onConnection(socket)).catch(() => undefined);
  });
  return listening(server);
}

async function listening(server: Server | ReturnType<typeof createTlsServer>): Promise<Upstream> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export interface Egress extends AsyncDisposable {
  readonly proxy: EgressProxy;
  readonly decisions: EgressDecision[];
  /** Resolves with the first decision, old or new, that fits. */
  decision(fits: (decision: EgressDecision) => boolean): Promise<EgressDecision>;
}

export interface EgressSetup {
  readonly upstream: { readonly port: number };
  readonly routes?: readonly Route[];
  readonly grants?: readonly Grant[];
  readonly secrets?: Record<string, string>;
  readonly limits?: Partial<EgressLimits>;
  readonly resolve?: (host: string) => Promise<readonly Address[]>;
  readonly extraCa?: string | null;
  readonly clock?: EgressClock;
  /** Cuts, a budget, and who is told of grants used and money spent. */
  readonly policy?: Pick<EgressProxyOptions, "cuts" | "budget" | "spent" | "onGrantUsed" | "onSpent">;
}

export async function startEgress(setup: EgressSetup): Promise<Egress> {
  const decisions: EgressDecision[] = [];
  const waiting = new Set<() => void>();
  const proxy = await createEgressProxy({
    listen: { host: "127.0.0.1", port: 0 },
    ca: bottleCa,
    table: { revision: 1, routes: [...(setup.routes ?? [route()])], grants: [...(setup.grants ?? [])] },
    connector: createUpstreamConnector({
      connectTimeoutMs: 2000,
      extraCa: setup.extraCa === undefined ? internetCa.certificatePem : setup.extraCa,
      resolve: setup.resolve ?? (async () => [{ address: "127.0.0.1", family: 4 }]),
      port: setup.upstream.port,
    }),
    onDecision: (decision) => {
      decisions.push(decision);
      for (const check of waiting) check();
    },
    clock: setup.clock ?? systemClock,
    ...setup.policy,
    ...(setup.limits === undefined ? {} : { limits: setup.limits }),
  });
  proxy.setSecrets(setup.secrets ?? {});
  return {
    proxy,
    decisions,
    decision: (fits) =>
      new Promise((resolve) => {
        const check = () => {
          const found = decisions.find(fits);
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

/** Reads a socket by conditions instead of by chunks. */
export class Reader {
  #chunks: Buffer[] = [];
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#wake?.();
    });
    for (const event of ["end", "close", "error"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake?.();
      });
    }
  }

  /** Everything up to and with `text`; throws when the connection ends before. */
  async until(text: string): Promise<string> {
    for (;;) {
      const bytes = this.#joined();
      const at = bytes.indexOf(text, 0, "latin1");
      if (at !== -1) return this.#take(at + text.length);
      if (this.#ended) throw new Error(`ended before ${JSON.stringify(text)}: ${JSON.stringify(bytes.toString("latin1").slice(0, 400))}`);
      await this.#more();
    }
  }

  async count(length: number): Promise<string> {
    await this.#atLeast(length);
    return this.#take(length);
  }

  /** Reads and drops. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      await this.#atLeast(1);
      const dropped = Math.min(left, this.#joined().length);
      this.#take(dropped);
      left -= dropped;
    }
  }

  async rest(): Promise<string> {
    while (!this.#ended) await this.#more();
    return this.#take(this.#joined().length);
  }

  /** One answer with a content-length or no body. */
  async answer(): Promise<{ status: number; head: string; body: string }> {
    const head = await this.until("\r\n\r\n");
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    return { status: Number(head.slice(9, 12)), head, body: await this.count(length) };
  }

  async #atLeast(length: number): Promise<void> {
    while (this.#joined().length < length) {
      if (this.#ended) throw new Error(`ended after ${this.#joined().length} of ${length} bytes`);
      await this.#more();
    }
  }

  #joined(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Buffer;
  }

  #take(length: number): string {
    const bytes = this.#joined();
    this.#chunks = [bytes.subarray(length)];
    return bytes.toString("latin1", 0, length);
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

export interface PlainClient extends Disposable {
  readonly socket: Socket;
  readonly reader: Reader;
}

export async function plainClient(egress: { readonly proxy: { readonly port: number } }): Promise<PlainClient> {
  const socket = connect(egress.proxy.port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return { socket, reader: new Reader(socket), [Symbol.dispose]: () => socket.destroy() };
}

export interface TunnelClient extends Disposable {
  readonly socket: TLSSocket;
  readonly reader: Reader;
}

/** CONNECT and TLS, verified against the bottle's CA. */
export async function tunnelClient(
  egress: { readonly proxy: { readonly port: number } },
  options: { host?: string; sni?: string | null; verify?: boolean; protocol?: "h2" | "http/1.1"; beforeTls?: () => Promise<void> } = {},
): Promise<TunnelClient> {
  const host = options.host ?? HOST;
  const raw = connect(egress.proxy.port, "127.0.0.1");
  raw.on("error", () => undefined);
  raw.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
  await connectAnswer(raw);
  await options.beforeTls?.();
  const sni = options.sni === undefined ? host : options.sni;
  const socket = connectTls({
    socket: raw,
    secureContext: createSecureContext({ ca: bottleCa.certificatePem }),
    rejectUnauthorized: options.verify ?? true,
    ALPNProtocols: [options.protocol ?? "http/1.1"],
    ...(sni === null ? { checkServerIdentity: () => undefined } : { servername: sni }),
  });
  socket.on("error", () => undefined);
  socket.once("close", () => raw.destroy());
  const reader = new Reader(socket);
  await once(socket, "secureConnect");
  return { socket, reader, [Symbol.dispose]: () => socket.destroy() };
}

function connectAnswer(raw: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    raw.once("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      if (text.startsWith("HTTP/1.1 200 ")) resolve();
      else reject(new Error(text));
    });
    raw.once("close", () => reject(new Error("closed before an answer to CONNECT")));
  });
}

export async function bodyOf(message: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of message) text += String(chunk);
  return text;
}
