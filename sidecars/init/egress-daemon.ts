import type { DaemonHealth } from "#common/domain/bottle.ts";
import type { BudgetSpent } from "#common/domain/budget.ts";
import type { EgressDecision } from "#common/domain/decision.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { CredentialCuts } from "#common/wire/control.ts";
import type { EgressWorkerStart, ToEgressWorker } from "../kit/egress-worker.ts";
import { FromEgressWorker } from "../kit/egress-worker.ts";
import { Daemon } from "./daemon.ts";
import { WorkerRun } from "./worker-run.ts";

/** Streams are not buffered, so the thread's heap holds contexts and tables only. */
const HEAP = { maxOldGenerationSizeMb: 128 };

type PolicyAtStart = Pick<EgressWorkerStart, "table" | "cuts" | "spent">;

export interface EgressDaemonOptions {
  readonly entry: URL;
  readonly start: Omit<EgressWorkerStart, keyof PolicyAtStart>;
  readonly applyTimeoutMs: number;
  readonly now: () => Date;
  /** What is durable, and the credentials, for a run that begins. */
  current(): { readonly policy: PolicyAtStart; readonly secrets: Readonly<Record<string, string>> };
  onDecisions(decisions: readonly EgressDecision[]): void;
  onGrantUsed(grantId: string, left: number): void;
  onSpent(spent: BudgetSpent): void;
  onHealth(health: DaemonHealth): void;
}

type Run = WorkerRun<FromEgressWorker, ToEgressWorker>;
type Taken = "live" | "ended" | "late";

/** Something that waits for the worker's word on a message. */
interface Wait {
  readonly confirms: (message: FromEgressWorker) => boolean;
  readonly confirm: () => void;
}

/** The egress worker as init sees it: kept running, and told of routes, cuts and credentials. */
export class EgressDaemon {
  readonly daemon: Daemon;
  readonly #options: EgressDaemonOptions;
  /** In the order of the messages they wait for. */
  readonly #waits = new Set<Wait>();
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
    const taken = await this.#deliver(run, { type: "table", table });
    if (taken === "ended") throw new Error("it ended meanwhile");
    if (taken === "late") throw new Error("it did not answer in time");
  }

  /** The same for a table that is durable already: whatever does not take it is ended, and the next run begins with it. */
  enforceTable(table: RouteTable): Promise<void> {
    return this.#enforce({ type: "table", table });
  }

  /** Resolves once no request gets a credential that is cut off. */
  enforceCuts(cuts: CredentialCuts): Promise<void> {
    return this.#enforce({ type: "cuts", cuts });
  }

  /** Resolves once a running worker uses these credentials; one that starts later gets all from `current`. */
  async applySecrets(values: Readonly<Record<string, string | null>>, table: RouteTable): Promise<void> {
    this.#run?.post({ type: "secrets", values: { ...values } });
    // Messages arrive in order: once the live table is confirmed again, the credentials before it are in use.
    if (this.daemon.health.state === "healthy") await this.applyTable(table);
  }

  async #enforce(message: Extract<ToEgressWorker, { type: "table" | "cuts" }>): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    const taken = await this.#deliver(run, message);
    if (taken === "late") await run.exited;
  }

  /** What came of a message. A worker that does not answer in time may still take it later, so it is ended. */
  async #deliver(run: Run, message: Extract<ToEgressWorker, { type: "table" | "cuts" }>): Promise<Taken> {
    const live = Promise.withResolvers<Taken>();
    const late = Promise.withResolvers<Taken>();
    const wait: Wait = {
      confirms: message.type === "table" ? isTableLive(message.table.revision) : ({ type }) => type === "cuts-live",
      confirm: () => live.resolve("live"),
    };
    const ended = run.exited.then((): Taken => "ended");
    this.#waits.add(wait);
    run.post(message);
    // A worker that still starts reads it when it listens; its time counts from there.
    await Promise.race([run.ready, ended]);
    const timer = setTimeout(() => late.resolve("late"), this.#options.applyTimeoutMs);
    try {
      const taken = await Promise.race([live.promise, ended, late.promise]);
      if (taken === "late") run.kill(`did not take new ${message.type === "table" ? "routes" : "cuts"} in time`);
      return taken;
    } finally {
      clearTimeout(timer);
      this.#waits.delete(wait);
    }
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
    switch (message.type) {
      case "ready":
        return;
      case "decisions":
        return this.#options.onDecisions(message.decisions);
      case "grant-used":
        return this.#options.onGrantUsed(message.grantId, message.left);
      case "spent":
        return this.#options.onSpent(message.spent);
      case "table-live":
      case "cuts-live":
        return this.#confirm(message);
    }
  }

  /** One word for one message: of two who wait for the same, the first was sent first. */
  #confirm(message: FromEgressWorker): void {
    const wait = [...this.#waits].find(({ confirms }) => confirms(message));
    if (wait === undefined) return;
    this.#waits.delete(wait);
    wait.confirm();
  }
}

function isTableLive(revision: number): Wait["confirms"] {
  return (message) => message.type === "table-live" && message.revision === revision;
}
