import { join } from "node:path";
import type { Bed } from "./bed.ts";
import { HOST, makeBed, startProxy, usageOf } from "./bed.ts";
import { compare, drive, median } from "./drive.ts";
import { medianEventDelayMs } from "./event-delay.ts";
import { addedFirstRequestMs, slowReaderGrowthMiB } from "./single-requests.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const ROUNDS = 5;
const FEW_ROUNDS = 3;
const SMALL = { down: KIB, up: 0, ms: 500 };
/** Beyond the one that the figures are about: how it goes with more bytes and the other way. */
const LARGE = {
  "100KiB": { down: 100 * KIB, up: 0, ms: 700, connections: 16 },
  "10MiB": { down: 10 * MIB, up: 0, ms: 2000, connections: 4 },
  Up100KiB: { down: 0, up: 100 * KIB, ms: 700, connections: 16 },
  Up10MiB: { down: 0, up: 10 * MIB, ms: 2000, connections: 4 },
};

/**
 * Egress against a plain CONNECT tunnel, no proxy and, where it is installed, mitmproxy: the same client for all, one core for the
 * proxy, what is compared in turn.
 */
export async function run(): Promise<Record<string, number>> {
  await using stack = new AsyncDisposableStack();
  const bed = await makeBed(stack);
  // Compiled code is what runs for hours: neither proxy is judged by its first second.
  for (const { port } of [bed.tunnel, bed.egress]) {
    await drive(bed, { kind: "proxy", port, trust: "nobody" }, { ...SMALL, connections: 64, ms: 2 * SMALL.ms });
  }
  const one = await compare(bed, { ...SMALL, connections: 1 }, FEW_ROUNDS);
  const few = await compare(bed, { ...SMALL, connections: 16 }, ROUNDS);
  const many = await compare(bed, { ...SMALL, connections: 64 }, ROUNDS);
  return {
    rpsVsTunnel: few.vsTunnel,
    rpsVsTunnelOf1: one.vsTunnel,
    rpsVsTunnelOf64: many.vsTunnel,
    rpsVsNoProxy: few.vsNoProxy,
    ...(await againstMitmproxy(bed)),
    rps: few.rps,
    cpuMicrosPerRequest: few.cpuMicros,
    cpuMicrosPerRequestOf64: many.cpuMicros,
    tunnelCpuMicrosPerRequest: few.tunnelCpuMicros,
    ...(await larger(bed)),
    sseDelayMsMedian: await addedEventDelay(stack, bed),
    firstRequestMs: await addedFirstRequestMs(bed),
    slowReaderMiB: await slowReaderGrowthMiB(stack, bed),
    rssMiB: (await usageOf(bed.egress.process)).rssMiB,
  };
}

async function larger(bed: Bed): Promise<Record<string, number>> {
  const ratios: Record<string, number> = {};
  for (const [name, load] of Object.entries(LARGE)) {
    ratios[`vsTunnel${name}`] = (await compare(bed, load, FEW_ROUNDS)).vsTunnel;
  }
  return ratios;
}

/** mitmproxy is slow to shake hands as well, and its ratio is far from any limit. */
async function againstMitmproxy(bed: Bed): Promise<Record<string, number>> {
  if (bed.mitmproxyPort === null) return {};
  const load = { ...SMALL, connections: 16, ms: 2000 };
  const ratios: number[] = [];
  for (let round = 0; round < FEW_ROUNDS; round += 1) {
    const mitmproxy = await drive(bed, { kind: "proxy", port: bed.mitmproxyPort, trust: "nobody" }, load);
    const egress = await drive(bed, { kind: "proxy", port: bed.egress.port, trust: "bottle" }, load);
    if (mitmproxy.rps > 0) ratios.push(egress.rps / mitmproxy.rps);
  }
  if (ratios.length > 0) return { rpsVsMitmproxy: median(ratios) };
  console.error("mitmproxy answered nothing in time: rpsVsMitmproxy is left out");
  return {};
}

async function addedEventDelay(stack: AsyncDisposableStack, bed: Bed): Promise<number> {
  return medianEventDelayMs({
    host: HOST,
    certificate: { certFile: join(bed.folder, "leaf.pem"), keyFile: join(bed.folder, "leaf-key.pem") },
    internetCaPem: bed.start.internetCaPem,
    bottleCaPem: bed.start.bottleCa.certificatePem,
    startEgress: async (upstreamPort) => (await startProxy(stack, { ...bed.start, kind: "egress", upstreamPort })).port,
  });
}
