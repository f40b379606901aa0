/**
 * Work that several callers ask for at once and that is done once. It is abandoned only when every caller has given up,
 * so that one cancelled start does not end the build another waits for.
 */
export class SharedWork<T> {
  readonly #running = new Map<string, { result: Promise<T>; abandon: AbortController; waiting: number; listeners: Set<Listener> }>();

  async run(key: string, detail: Listener, signal: AbortSignal, work: (detail: Listener, signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const entry = this.#running.get(key) ?? this.#begin(key, work);
    entry.waiting += 1;
    entry.listeners.add(detail);
    const gaveUp = Promise.withResolvers<never>();
    const giveUp = () => gaveUp.reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await Promise.race([entry.result, gaveUp.promise]);
    } finally {
      signal.removeEventListener("abort", giveUp);
      entry.listeners.delete(detail);
      entry.waiting -= 1;
      if (entry.waiting === 0) entry.abandon.abort(new Error("nobody waits for this any more"));
    }
  }

  #begin(key: string, work: (detail: Listener, signal: AbortSignal) => Promise<T>) {
    const abandon = new AbortController();
    const listeners = new Set<Listener>();
    const announce = (text: string) => {
      for (const listener of listeners) listener(text);
    };
    const result = work(announce, abandon.signal);
    const entry = { result, abandon, waiting: 0, listeners };
    this.#running.set(key, entry);
    const forget = () => this.#running.get(key) === entry && this.#running.delete(key);
    abandon.signal.addEventListener("abort", forget, { once: true });
    result.then(forget, forget);
    return entry;
  }
}

type Listener = (text: string) => void;
