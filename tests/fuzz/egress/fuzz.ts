import type { EgressDecision } from "#common/domain/decision.ts";
import type { EgressProxy } from "../../../sidecars/egress/proxy.ts";
import { createEgressProxy } from "../../../sidecars/egress/proxy.ts";
import { createUpstreamConnector } from "../../../sidecars/egress/upstream/connector.ts";
import { bottleCa, internetCa, route } from "../../unit/sidecars/egress/harness.ts";
import { speakHttp1 } from "./http1-cases.ts";
import { speakHttp2 } from "./http2-cases.ts";
import { Lane } from "./lane.ts";
import { Ledger } from "./ledger.ts";
import { Random } from "./random.ts";
import type { Witness } from "./witness.ts";
import { credentialOf, startWitness } from "./witness.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** Ends when so many were sent, or so much time is over, whichever is first. */
  readonly requests: number;
  readonly ms: number;
}

export interface FuzzReport {
  readonly sent: number;
  readonly forwarded: number;
  readonly refused: number;
  /** The first things that should never be; with the seed, their case can be run again. */
  readonly wrongs: readonly string[];
}

const LANES = 8;
const CHECKED_EVERY = 500;
const SHOWN_WRONGS = 5;

/**
 * Mutated requests of both protocols through the real proxy to a witness. What must hold: the witness's parser reads exactly what was
 * decided, nothing refused arrives complete, every credential comes to its own host only, and ordinary requests go on being served.
 */
export async function fuzzEgress(options: FuzzOptions): Promise<FuzzReport> {
  await using witness = await startWitness();
  const ledger = new Ledger();
  await using proxy = await startProxy(witness, ledger);
  const wrongs: string[] = [];
  let sent = 0;
  const deadline = performance.now() + options.ms;
  const run = async (number: number) => {
    const host = hostOf(number);
    const speak = () => (number % 2 === 0 ? speakHttp1(host) : speakHttp2(host));
    await using lane = new Lane({ random: new Random(options.seed + number), host, port: proxy.port, ledger, speak });
    for (let at = 0; sent < options.requests && performance.now() < deadline && wrongs.length < SHOWN_WRONGS; at += 1) {
      sent += 1;
      const shown = await lane.sendNext();
      const found = [...(await ledger.settle(host, () => witness.take(host))), ...witness.wrongs.splice(0)];
      wrongs.push(...found.map((wrong) => `lane ${number}, case ${at}: ${wrong}\n  ${shown}`));
      if (at % CHECKED_EVERY === 0 && !(await lane.stillServed()))
        wrongs.push(`lane ${number}, after case ${at}: an ordinary request is not served\n  ${shown}`);
      await ledger.settle(host, () => witness.take(host));
    }
    await lane[Symbol.asyncDispose]();
    wrongs.push(...(await ledger.close(host)).map((wrong) => `lane ${number}, at its end: ${wrong}`));
  };
  await Promise.all(Array.from({ length: LANES }, (_, number) => run(number)));
  return { sent, ...ledger.totals, wrongs: [...wrongs, ...witness.wrongs] };
}

function hostOf(lane: number): string {
  return `lane-${lane}.example.com`;
}

async function startProxy(witness: Witness, ledger: Ledger): Promise<EgressProxy> {
  const hosts = Array.from({ length: LANES }, (_, lane) => hostOf(lane));
  const proxy = await createEgressProxy({
    listen: { host: "127.0.0.1", port: 0 },
    ca: bottleCa,
    table: { revision: 1, routes: hosts.map(fuzzedRoute), grants: [] },
    connector: createUpstreamConnector({
      connectTimeoutMs: 5000,
      extraCa: internetCa.certificatePem,
      resolve: async () => [{ address: "127.0.0.1", family: 4 }],
      port: witness.port,
    }),
    onDecision: (decision: EgressDecision) => ledger.add(decision),
  });
  proxy.setSecrets(Object.fromEntries(hosts.map((host) => [tokenRef(host), credentialOf(host)])));
  return proxy;
}

function fuzzedRoute(host: string) {
  return route({
    host,
    methods: ["GET", "HEAD", "POST", "PUT"],
    pathAllowlist: ["/api"],
    auth: { scheme: "Bearer", tokenRef: tokenRef(host) },
    strip: { headers: ["x-api-key"], queryKeys: ["key"], cookies: ["session"] },
  });
}

function tokenRef(host: string): string {
  return host.replace(/[^a-z0-9]/g, "_").toUpperCase();
}
