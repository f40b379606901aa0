import type { DaemonHealth } from "#common/domain/bottle.ts";
import type { HeldPush } from "#common/domain/git.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import { log, messageOf } from "../kit/log.ts";
import type { FilingOutcome, SuperviseWorkerStart, ToSuperviseWorker } from "../kit/supervise-worker.ts";
import { FromSuperviseWorker } from "../kit/supervise-worker.ts";
import { Daemon } from "./daemon.ts";
import { WorkerRun } from "./worker-run.ts";

const HEAP = { maxOldGenerationSizeMb: 64 };

type Filing = Extract<FromSuperviseWorker, { type: "file" }>;

export interface SuperviseDaemonOptions {
  readonly entry: URL;
  readonly start: SuperviseWorkerStart;
  readonly now: () => Date;
  file(request: Filing["request"], justification: string): FilingOutcome;
  table(): RouteTable;
  proposal(id: string): Proposal | null;
  push(id: string): HeldPush | null;
  onHealth(health: DaemonHealth): void;
}

type Run = WorkerRun<FromSuperviseWorker, ToSuperviseWorker>;

/** The supervise worker as init sees it: kept running, its questions answered, and told of decisions. */
export class SuperviseDaemon {
  readonly daemon: Daemon;
  readonly #options: SuperviseDaemonOptions;
  #run: Run | null = null;

  constructor(options: SuperviseDaemonOptions) {
    this.#options = options;
    this.daemon = new Daemon({
      name: "supervise",
      now: options.now,
      spawn: () => this.#spawn(),
      onHealth: (health) => options.onHealth(health),
    });
  }

  /** Answers the agent's call that waits for this decision, if one does. */
  tellDecided(proposal: Proposal): void {
    this.#run?.post({ type: "decided", proposal });
  }

  /** Tells the agent's call that waits that the approval could not be applied. */
  tellFailed(proposal: Proposal): void {
    this.#run?.post({ type: "failed", proposal });
  }

  #spawn(): Run {
    const run: Run = new WorkerRun(
      {
        entry: this.#options.entry,
        start: this.#options.start,
        limits: HEAP,
        parse: (message) => FromSuperviseWorker.parse(message),
        isReady: ({ type }) => type === "ready",
        onMessage: (message) => this.#answer(run, message),
      },
      (graceMs) => ({ type: "stop", graceMs }),
    );
    this.#run = run;
    return run;
  }

  #answer(run: Run, message: FromSuperviseWorker): void {
    switch (message.type) {
      case "ready":
        return;
      case "file":
        return run.post({ type: "filing", callId: message.callId, outcome: this.#file(message) });
      case "routes":
        return run.post({ type: "routes", callId: message.callId, table: this.#options.table() });
      case "proposal":
        return run.post({ type: "proposal", callId: message.callId, proposal: this.#options.proposal(message.proposalId) });
      case "push":
        return run.post({ type: "push", callId: message.callId, push: this.#options.push(message.pushId) });
    }
  }

  #file({ request, justification }: Filing): FilingOutcome {
    try {
      return this.#options.file(request, justification);
    } catch (error) {
      log("error", "proposal-not-stored", { reason: messageOf(error) });
      return { kind: "refused", reason: "the proposal could not be stored: try again later" };
    }
  }
}
