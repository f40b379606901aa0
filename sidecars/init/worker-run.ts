import type { ResourceLimits, Transferable } from "node:worker_threads";
import { Worker } from "node:worker_threads";
import { log, messageOf } from "../kit/log.ts";
import type { DaemonExit, DaemonRun } from "./daemon.ts";

export interface WorkerRunOptions<In> {
  readonly entry: URL;
  readonly start: unknown;
  readonly limits: ResourceLimits;
  parse(message: unknown): In;
  isReady(message: In): boolean;
  onMessage(message: In): void;
}

/**
 * One run of a daemon in a worker thread. A message that the schema does not know ends the run: whatever sent it is no
 * longer the program that was started.
 */
export class WorkerRun<In, Out> implements DaemonRun {
  readonly ready: Promise<void>;
  readonly exited: Promise<DaemonExit>;
  readonly #worker: Worker;
  readonly #options: WorkerRunOptions<In>;
  readonly #stopMessage: (graceMs: number) => Out;
  readonly #becameReady = Promise.withResolvers<void>();
  #deadline: NodeJS.Timeout | null = null;
  #reason: string | null = null;

  constructor(options: WorkerRunOptions<In>, stopMessage: (graceMs: number) => Out) {
    this.#options = options;
    this.#stopMessage = stopMessage;
    this.ready = this.#becameReady.promise;
    // An empty environment: nothing of init's belongs to a thread that handles an agent's bytes.
    this.#worker = new Worker(options.entry, {
      workerData: options.start,
      resourceLimits: options.limits,
      env: {},
      name: options.entry.pathname,
    });
    this.exited = this.#watch();
  }

  post(message: Out, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  stop(graceMs: number): void {
    if (this.#deadline !== null) return;
    this.post(this.#stopMessage(graceMs));
    // The worker has the grace for its connections, and a little for itself.
    this.#deadline = setTimeout(() => this.kill("did not stop in time"), graceMs + 500);
  }

  kill(reason: string): void {
    this.#reason ??= reason;
    this.#worker.terminate().catch((error: unknown) => log("error", "worker-not-terminated", { reason: messageOf(error) }));
  }

  #watch(): Promise<DaemonExit> {
    const exited = Promise.withResolvers<DaemonExit>();
    this.#worker.on("message", (message: unknown) => this.#receive(message));
    this.#worker.on("messageerror", () => this.kill("sent something unreadable"));
    this.#worker.on("error", (error) => {
      this.#reason ??= messageOf(error);
    });
    this.#worker.on("exit", (code) => {
      if (this.#deadline !== null) clearTimeout(this.#deadline);
      exited.resolve({ code, reason: this.#reason });
    });
    return exited.promise;
  }

  #receive(message: unknown): void {
    try {
      const parsed = this.#options.parse(message);
      if (this.#options.isReady(parsed)) this.#becameReady.resolve();
      else this.#options.onMessage(parsed);
    } catch (error) {
      this.kill(`sent a message that was not understood: ${messageOf(error)}`);
    }
  }
}
