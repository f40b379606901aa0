import type { MethodOutput } from "#common/ipc/contract.ts";
import type { KnownDecision } from "./decision-history.ts";

type Series = MethodOutput<"traffic.series">;
type HostSeries = Series["hosts"][number];

const MINUTE = 60_000;
/** An agent can ask for any number of host names; those that answered it come first. */
const MAX_HOSTS = 200;

/** Each host's traffic in whole minutes, up to and with the one that runs now. */
export function trafficSeries(known: readonly KnownDecision[], minutes: number, now: number): Series {
  const until = (Math.floor(now / MINUTE) + 1) * MINUTE;
  const first = until - minutes * MINUTE;
  const hosts = new Map<string, Gathered>();
  for (const { at, decision } of known) {
    if (at < first || at >= until) continue;
    const host = gathered(hosts, decision.host, minutes);
    const minute = Math.floor((at - first) / MINUTE);
    if (decision.verdict !== "allowed") add(host.refused, minute);
    else {
      add(host.allowed, minute);
      host.durations.push(decision.durationMs);
    }
  }
  const busiest = [...hosts].sort(([, a], [, b]) => b.durations.length - a.durations.length || sum(b.refused) - sum(a.refused));
  return { until: new Date(until).toISOString(), hosts: busiest.slice(0, MAX_HOSTS).map(series) };
}

interface Gathered {
  readonly allowed: number[];
  /** Refused and failed: the agent did not get through. */
  readonly refused: number[];
  readonly durations: number[];
}

function gathered(hosts: Map<string, Gathered>, name: string, minutes: number): Gathered {
  const known = hosts.get(name);
  if (known !== undefined) return known;
  const made: Gathered = { allowed: Array(minutes).fill(0), refused: Array(minutes).fill(0), durations: [] };
  hosts.set(name, made);
  return made;
}

function series([host, { allowed, refused, durations }]: [string, Gathered]): HostSeries {
  const sorted = durations.sort((a, b) => a - b);
  return { host, allowed, refused, medianMs: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95) };
}

/** Nearest rank: a time that was really taken. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

function add(counts: number[], minute: number): void {
  counts[minute] = (counts[minute] ?? 0) + 1;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
