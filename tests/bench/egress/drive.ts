import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Bed, ProxyChild } from "./bed.ts";
import { HOST, pinned, usageOf } from "./bed.ts";

const WARM_UP_MS = 300;

/** What a request carries down, or up. */
export interface Load {
  readonly connections: number;
  readonly down: number;
  readonly up: number;
  readonly ms: number;
}

export interface Driven {
  readonly rps: number;
  /** All that were answered, those of the warm-up too. */
  readonly answers: number;
}

export type Way =
  | { readonly kind: "direct" }
  | { readonly kind: "proxy"; readonly port: number; readonly trust: "bottle" | "internet" | "nobody" };

export async function drive(bed: Bed, way: Way, { connections, down, up, ms }: Load): Promise<Driven> {
  const trust = way.kind === "direct" ? "internet" : way.trust;
  const numbers = [bed.upstreamPort, way.kind === "direct" ? 0 : way.port, connections, WARM_UP_MS, ms, down, up];
  const args = ["drive", trust === "nobody" ? "-" : join(bed.folder, `${trust}.pem`), HOST, ...numbers.map(String)];
  const child = spawn(...pinned("load", bed.load, args), { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`the load client ended with code ${code}`);
  const [rps, answers] = output.split(" ").map(Number);
  return { rps: rps ?? Number.NaN, answers: answers ?? Number.NaN };
}

/** With the processor time of the proxy for each request, which a busy machine changes less than requests a second. */
export async function driveMetered(bed: Bed, proxy: ProxyChild, way: Way, load: Load): Promise<Driven & { readonly cpuMicros: number }> {
  const before = await usageOf(proxy.process);
  const driven = await drive(bed, way, load);
  const after = await usageOf(proxy.process);
  return { ...driven, cpuMicros: (after.cpuMicros - before.cpuMicros) / driven.answers };
}

export interface Compared {
  readonly rps: number;
  readonly vsTunnel: number;
  readonly vsNoProxy: number;
  readonly cpuMicros: number;
  readonly tunnelCpuMicros: number;
}

/** Egress, the tunnel and no proxy in turn, many short rounds; the median of the rounds' ratios counts. */
export async function compare(bed: Bed, load: Load, rounds: number): Promise<Compared> {
  const all: Compared[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const none = await drive(bed, { kind: "direct" }, load);
    const tunnel = await driveMetered(bed, bed.tunnel, { kind: "proxy", port: bed.tunnel.port, trust: "internet" }, load);
    const egress = await driveMetered(bed, bed.egress, { kind: "proxy", port: bed.egress.port, trust: "bottle" }, load);
    all.push({
      rps: egress.rps,
      vsTunnel: egress.rps / tunnel.rps,
      vsNoProxy: egress.rps / none.rps,
      cpuMicros: egress.cpuMicros,
      tunnelCpuMicros: tunnel.cpuMicros,
    });
  }
  const middle = (key: keyof Compared) => median(all.map((round) => round[key]));
  return {
    rps: middle("rps"),
    vsTunnel: middle("vsTunnel"),
    vsNoProxy: middle("vsNoProxy"),
    cpuMicros: middle("cpuMicros"),
    tunnelCpuMicros: middle("tunnelCpuMicros"),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
