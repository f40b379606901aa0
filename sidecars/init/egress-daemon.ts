import type { DaemonHealth } from "#common/domain/bottle.ts";
import type { EgressDecision } from "#common/domain/decision.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { EgressWorkerStart, ToEgressWorker } from "../kit/egress-worker.ts";
import { FromEgressWorker } from "../kit/egress-worker.ts";
import { Daemon } from "./daemon.ts";
import { WorkerRun } from "./worker-run.ts";

/** Streams are not buffered, so the thread's heap holds contexts and tables only. */
const HEAP = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 };

type PolicyAtStart = Pick<EgressWorkerStart, "table" | "cuts" | "spent">;

export interface EgressDaemonOptions {
  readonly entry: URL;
  readonly start: Omit<EgressWorkerStart, keyof PolicyAtStart>;
  readonly applyTimeoutMs: number;
  readonly now: () => Date;
  /** What is durable, and the credentials, for a run that begins. */
  current(): { readonly policy: PolicyAtStart; readonly secrets: Readonly<Record<string, string>> };
  onDecisions(decisions: readonly EgressDecision[]): void;
  onHealth(health: DaemonHealth): void;
}

type Run = WorkerRun<FromEgressWorker, ToEgressWorker>;

/** The egress worker as init sees it: kept running, and told of routes and credentials. */
export class EgressDaemon {
  readonly daemon: Daemon;
  readonly #options: EgressDaemonOptions;
  readonly #live = new Set<(revision: number) => void>();
  #run: Run | null = null;

  constructor(options: EgressDaemonOptions) {
    this.#options = options;
    this.daemon = new Daemon({
      name: "egress",
      now: options.now,
      spawn: () => this.#spawn(),
      onHealth: (health) => options.onHealth(health),
    });
  }

  /** Resolves once no request can be decided by another table any more. */
  async applyTable(table: RouteTable): Promise<void> {
    const run = this.#run;
    if (run === null || this.daemon.health.state !== "healthy") throw new Error(`it is ${this.daemon.health.state}`);
    using applied = this.#whenLive(table.revision);
    run.post({ type: "table", table });
    const outcome = await Promise.race([applied.live, run.exited.then(() => "ended" as const), applied.late]);
    if (outcome === "ended") throw new Error("it ended meanwhile");
    // It may still take the table later: only a new run is sure to hold the one that is live.
    if (outcome === "late") run.kill("did not take new routes in time");
    if (outcome === "late") throw new Error("it did not answer in time");
  }

  /** Resolves once a running worker uses these credentials; one that starts later gets all from `current`. */
  async applySecrets(values: Readonly<Record<string, string | null>>, table: RouteTable): Promise<void> {
    this.#run?.post({ type: "secrets", values: { ...values } });
    // Messages arrive in order: once the live table is confirmed again, the credentials before it are in use.
    if (this.daemon.health.state === "healthy") await this.applyTable(table);
  }

  #spawn(): Run {
    const { policy, secrets } = this.#options.current();
    const run: Run = new WorkerRun(
      {
        entry: this.#options.entry,
        start: { ...this.#options.start, ...policy } satisfies EgressWorkerStart,
        limits: HEAP,
        parse: (message) => FromEgressWorker.parse(message),
        isReady: ({ type }) => type === "ready",
        onMessage: (message) => this.#receive(message),
      },
      (graceMs) => ({ type: "stop", graceMs }),
    );
    run.post({ type: "secrets", values: { ...secrets } });
    this.#run = run;
    return run;
  }

  #receive(message: FromEgressWorker): void {
    if (message.type === "decisions") this.#options.onDecisions(message.decisions);
    if (message.type === "table-live") for (const tell of this.#live) tell(message.revision);
  }

  #whenLive(revision: number): Disposable & { readonly live: Promise<"live">; readonly late: Promise<"late"> } {
    const live = Promise.withResolvers<"live">();
    const late = Promise.withResolvers<"late">();
    const tell = (reached: number): void => {
      if (reached === revision) live.resolve("live");
    };
    const timer = setTimeout(() => late.resolve("late"), this.#options.applyTimeoutMs);
    this.#live.add(tell);
    return {
      live: live.promise,
      late: late.promise,
      [Symbol.dispose]: () => {
        clearTimeout(timer);
        this.#live.delete(tell);
      },
    };
  }
}
