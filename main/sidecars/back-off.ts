import { setTimeout as wait } from "node:timers/promises";

const FIRST_MS = 50;
const MOST_MS = 15_000;

/** How long to wait before the `attempt`-th reconnect: doubling, with jitter so that many links do not call at once. */
export function backOffMs(attempt: number, random: () => number): number {
  const full = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 20));
  return full * (0.5 + random() / 2);
}

/** Waits that long, or until `nudge` aborts because an event says that trying now makes sense. */
export async function backOff(attempt: number, random: () => number, nudge: AbortSignal): Promise<void> {
  await wait(backOffMs(attempt, random), undefined, { signal: nudge, ref: true }).catch(() => undefined);
}
