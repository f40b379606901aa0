import { setTimeout as wait } from "node:timers/promises";
import type { DaemonHealth, DaemonName } from "#common/domain/bottle.ts";
import { log } from "../kit/log.ts";

/** How a run of a daemon ended; `reason` is null when it simply exited. */
export interface DaemonExit {
  readonly code: number;
  readonly reason: string | null;
}

/** One run of a daemon: a worker thread or a child process. */
export interface DaemonRun {
  /** Resolves when it serves. Never rejects: a run that fails to start exits. */
  readonly ready: Promise<void>;
  readonly exited: Promise<DaemonExit>;
  /** Asks it to end; what does not end in time is ended. */
  stop(graceMs: number): void;
}

export interface DaemonOptions {
  readonly name: DaemonName;
  readonly now: () => Date;
  spawn(): DaemonRun;
  onHealth(health: DaemonHealth): void;
  /** Pause before the n-th restart in a row after a crash. */
  backOffMs?(crashes: number): number;
}

const GRACE_MS = 2000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A run that served this long ends a row of crashes. */
const STEADY_MS = 30_000;
/** From this many crashes in a row on it is called failed, and still tried. */
const CRASHES_TO_FAIL = 5;

type Health = Omit<DaemonHealth, "name">;

/**
 * Keeps one daemon running (SID-1). Restart requests made while one is under way become one; shutdown wins over everything;
 * a crash is followed by a new run after a growing pause. Nothing here blocks: requests set intentions, one loop acts on them.
 */
export class Daemon {
  readonly name: DaemonName;
  readonly #options: DaemonOptions;
  readonly #stopping = new AbortController();
  #health: Health;
  #run: DaemonRun | null = null;
  #restartAsked = false;
  #wake = new AbortController();
  #settled = Promise.withResolvers<void>();
  #crashes = 0;
  #finished: Promise<number> | null = null;

  constructor(options: DaemonOptions) {
    this.name = options.name;
    this.#options = options;
    this.#health = { state: "starting", since: options.now().toISOString(), restarts: 0, lastError: null };
  }

  get health(): DaemonHealth {
    return { name: this.name, ...this.#health };
  }

  start(): void {
    this.#finished ??= this.#keepRunning();
  }

  /** Resolves once it serves, or has failed to for the first time. */
  settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Resolves once a run that began after this call serves or has failed; false when shutdown came first. */
  async restart(): Promise<boolean> {
    if (this.#stopping.signal.aborted) return false;
    if (!this.#restartAsked) {
      this.#restartAsked = true;
      this.#settled = Promise.withResolvers();
      this.#wake.abort();
      this.#run?.stop(GRACE_MS);
    }
    await this.#settled.promise;
    return !this.#stopping.signal.aborted;
  }

  /** Resolves with the exit code of the last run. */
  async stop(graceMs: number): Promise<number> {
    this.#stopping.abort();
    this.#wake.abort();
    this.#run?.stop(graceMs);
    return (await this.#finished) ?? 0;
  }

  async #keepRunning(): Promise<number> {
    let code = 0;
    while (!this.#stopping.signal.aborted) {
      const exit = await this.#runOnce();
      code = exit.code;
      if (this.#stopping.signal.aborted) break;
      await this.#beforeNextRun(exit);
    }
    this.#report("stopped", null);
    this.#settled.resolve();
    return code;
  }

  async #runOnce(): Promise<DaemonExit> {
    this.#restartAsked = false;
    this.#wake = new AbortController();
    const settled = this.#settled;
    const run = this.#options.spawn();
    this.#run = run;
    const first = await Promise.race([run.ready.then(() => "ready" as const), run.exited]);
    if (first === "ready" && !this.#interrupted()) this.#serves(settled);
    const servedFrom = this.#options.now().getTime();
    const exit = await run.exited;
    this.#run = null;
    if (first === "ready" && this.#options.now().getTime() - servedFrom >= STEADY_MS) this.#crashes = 0;
    return exit;
  }

  #serves(settled: PromiseWithResolvers<void>): void {
    this.#report("healthy", this.#health.lastError);
    settled.resolve();
  }

  async #beforeNextRun(exit: DaemonExit): Promise<void> {
    this.#health = { ...this.#health, restarts: this.#health.restarts + 1 };
    if (this.#restartAsked) {
      this.#crashes = 0;
      return this.#report("restarting", null);
    }
    this.#crashes += 1;
    const reason = exit.reason ?? `ended with code ${exit.code}`;
    log("error", "daemon-ended", { daemon: this.name, reason, crashes: this.#crashes });
    this.#report(this.#crashes >= CRASHES_TO_FAIL ? "failed" : "restarting", reason);
    this.#settled.resolve();
    const pause = this.#options.backOffMs?.(this.#crashes) ?? defaultBackOffMs(this.#crashes);
    await wait(pause, undefined, { signal: this.#wake.signal }).catch(() => undefined);
  }

  #interrupted(): boolean {
    return this.#restartAsked || this.#stopping.signal.aborted;
  }

  #report(state: DaemonHealth["state"], lastError: string | null): void {
    this.#health = { ...this.#health, state, lastError, since: this.#options.now().toISOString() };
    this.#options.onHealth(this.health);
  }
}

function defaultBackOffMs(crashes: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (crashes - 1));
}
