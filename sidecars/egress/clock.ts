/** Time as egress sees it; tests bring their own. */
export interface EgressClock {
  /** Milliseconds since 1970. */
  wall(): number;
  /** Milliseconds that only grow. */
  monotonic(): number;
  /** Calls back about every second until disposed: deadlines are swept, so that a request costs no timer. */
  everySecond(callback: () => void): Disposable;
}

export const systemClock: EgressClock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  everySecond(callback) {
    const timer = setInterval(callback, 1000);
    timer.unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
