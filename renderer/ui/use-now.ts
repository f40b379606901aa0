import { useSyncExternalStore } from "react";

const STEP = 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, STEP);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, rounded down to `step`, so that a component renders only when what it shows can change. */
export function useNow(step: number = STEP): number {
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / step) * step);
}
