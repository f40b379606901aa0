import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ContentInspection } from "../../../sidecars/egress/content/content-inspection.ts";
import { ContentScanner } from "../../../sidecars/egress/content/content-scanner.ts";
import { parseRequestHead } from "../../../sidecars/egress/http1/request-head.ts";
import type { Permit } from "../../../sidecars/egress/policy/authorise.ts";
import { compileRoute } from "../../../sidecars/egress/policy/live-route.ts";
import { route } from "../../unit/sidecars/egress/harness.ts";

const READ_BYTES = 16 * 1024;
const ROUNDS = 9;
const ROUND_MS = 120;
const root = join(import.meta.dirname, "../../..");
const inspection = new ContentInspection({ revision: 0, values: () => ["a-secret-of-the-bottle-0123456789"] });

/** What the content scan adds to a request, in CPU time of its thread: a head of 1 KiB, and bodies of the kinds that agents send. */
export async function run(): Promise<Record<string, number>> {
  const source = readFileSync(join(root, "sidecars/egress/agent/http1-connection.ts"), "utf8");
  const conversation = Buffer.from(JSON.stringify({ messages: [{ role: "user", content: source.repeat(20).slice(0, 180_000) }] })).subarray(
    0,
    200 * 1024,
  );
  const picture = Buffer.from(JSON.stringify({ data: randomBytes(768 * 1024).toString("base64") }));
  return {
    headMicros: headMicros((count) => `req_${count % 50}`),
    newHeadMicros: headMicros((count) => `req_${count}`),
    json1KiBMicros: median(() => cpuMicros(() => scan(conversation.subarray(0, 1024)))),
    json200KiBMs: millisecondsOf(conversation),
    jsonMiBPerSecond: rateOf(conversation),
    lockFileMiBPerSecond: rateOf(readFileSync(join(root, "package-lock.json"))),
    pictureMiBPerSecond: rateOf(picture),
    binaryMiBPerSecond: rateOf(randomBytes(1024 * 1024)),
    hostileMiBPerSecond: rateOf(Buffer.from("glpat-".repeat(20_000))),
  };
}

/** A request of 1 KiB as a client sends many of; `id` tells them apart. */
function headMicros(id: (count: number) => string): number {
  const live = compileRoute(route());
  const fields = Array.from({ length: 12 }, (_, index) => `X-Client-Field-${index}: ${"value, of usual length; q=0.9 ".repeat(2)}`).join(
    "\r\n",
  );
  const permits = Array.from({ length: 5000 }, (_, count): Permit => {
    const head = `GET /v1/items/${id(count)}?limit=20 HTTP/1.1\r\nHost: api.example.com\r\n${fields}\r\nX-Request-Id: ${id(count)}`;
    const request = parseRequestHead(head, 100);
    return { live, grant: null, request, target: request.target, modelCall: false, authorization: null };
  });
  const refuseAll = () => {
    for (const permit of permits) inspection.refuseHead(permit);
  };
  return median(() => cpuMicros(refuseAll) / permits.length);
}

function scan(body: Buffer): void {
  const scanner = new ContentScanner(inspection.detectors, () => undefined);
  for (let at = 0; at < body.length; at += READ_BYTES) scanner.feed(body.subarray(at, at + READ_BYTES));
  scanner.end();
}

function millisecondsOf(body: Buffer): number {
  return median(() => cpuMicros(() => scan(body)) / 1000);
}

function rateOf(body: Buffer): number {
  return body.length / 1024 ** 2 / (millisecondsOf(body) / 1000);
}

function median(measure: () => number): number {
  const values = Array.from({ length: ROUNDS }, measure).sort((a, b) => a - b);
  return values[Math.floor(ROUNDS / 2)] as number;
}

/** Of one time. CPU time is counted in ticks of milliseconds: work is done until there are many. */
function cpuMicros(work: () => void): number {
  const end = performance.now() + ROUND_MS;
  const before = process.threadCpuUsage();
  let times = 0;
  do {
    work();
    times += 1;
  } while (performance.now() < end);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / times;
}
