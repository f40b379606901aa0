import type { EgressClock } from "../../../../sidecars/egress/clock.ts";

export interface ManualClock extends EgressClock {
  /** Lets time pass, and what is due every second happen. */
  advance(ms: number): void;
}

/** A clock that stands until it is moved. */
export function manualClock(start = "2026-11-22T12:00:00.000Z"): ManualClock {
  const begin = Date.parse(start);
  const sweeps = new Set<() => void>();
  let now = 0;
  return {
    wall: () => begin + now,
    monotonic: () => now,
    everySecond(callback) {
      sweeps.add(callback);
      return { [Symbol.dispose]: () => void sweeps.delete(callback) };
    },
    advance(ms) {
      now += ms;
      for (const sweep of sweeps) sweep();
    },
  };
}
