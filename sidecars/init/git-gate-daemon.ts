import type { DaemonHealth } from "#common/domain/bottle.ts";
import type { HeldPush, PushDecision, PushRecord, RepoStatus } from "#common/domain/git.ts";
import { upstreamUrl } from "#common/domain/git.ts";
import type { GitGateWorkerStart, ToGitGateWorker } from "../kit/git-gate-worker.ts";
import { FromGitGateWorker } from "../kit/git-gate-worker.ts";
import { Daemon } from "./daemon.ts";
import { WorkerRun } from "./worker-run.ts";

/** Packs are streamed past the thread; its heap holds lists of refs and findings. */
const HEAP = { maxOldGenerationSizeMb: 192 };

type Request = Extract<ToGitGateWorker, { type: "set-keys" | "refresh" | "decide" | "read" }>;
export type GateRequest = Request extends infer R ? (R extends Request ? Omit<R, "callId"> : never) : never;
export type GateAnswer = Extract<FromGitGateWorker, { type: "done" | "failed" | "diff" }>;

/** Where the worker's news are kept. */
export interface GateRecords {
  /** Null when the disk refuses. */
  reserve(): string | null;
  /** Each of the next two says what went wrong, or null. */
  pushed(push: PushRecord): string | null;
  hold(push: HeldPush): string | null;
  forwarded(pushId: string, decision: PushDecision): void;
  withdrawn(push: PushRecord): void;
}

export interface GitGateDaemonOptions {
  readonly entry: URL;
  readonly start: Omit<GitGateWorkerStart, "pushes">;
  readonly now: () => Date;
  /** What is on disk, for a run that begins. */
  pushes(): readonly HeldPush[];
  readonly book: GateRecords;
  statusChanged(): void;
  onHealth(health: DaemonHealth): void;
}

type Run = WorkerRun<FromGitGateWorker, ToGitGateWorker>;

/** The git-gate worker as init sees it: kept running, its records kept, and asked what clients ask for. */
export class GitGateDaemon {
  readonly daemon: Daemon;
  readonly #options: GitGateDaemonOptions;
  readonly #calls = new Map<number, (answer: GateAnswer) => void>();
  #run: Run | null = null;
  #repos: readonly RepoStatus[];
  #lastCall = 0;

  constructor(options: GitGateDaemonOptions) {
    this.#options = options;
    this.#repos = this.#unknown();
    this.daemon = new Daemon({
      name: "git-gate",
      now: options.now,
      spawn: () => this.#spawn(),
      onHealth: (health) => options.onHealth(health),
    });
  }

  get repos(): readonly RepoStatus[] {
    return this.#repos;
  }

  /** Resolves with the worker's answer; a worker that ends before has failed it. */
  async ask(request: GateRequest): Promise<GateAnswer> {
    const run = this.#run;
    const callId = ++this.#lastCall;
    const failed: GateAnswer = { type: "failed", callId, code: "apply-failed", message: `the git-gate is ${this.daemon.health.state}` };
    if (run === null || this.daemon.health.state !== "healthy") return failed;
    const answered = Promise.withResolvers<GateAnswer>();
    this.#calls.set(callId, answered.resolve);
    run.post({ ...request, callId });
    const ended = run.exited.then((): GateAnswer => ({ ...failed, message: "the git-gate ended meanwhile" }));
    const answer = await Promise.race([answered.promise, ended]);
    this.#calls.delete(callId);
    return answer;
  }

  /** The push is on disk as one that waits no more. */
  tellEnded(push: HeldPush): void {
    this.#run?.post({ type: "ended", push });
  }

  #spawn(): Run {
    const run: Run = new WorkerRun(
      {
        entry: this.#options.entry,
        start: { ...this.#options.start, pushes: [...this.#options.pushes()] } satisfies GitGateWorkerStart,
        limits: HEAP,
        parse: (message) => FromGitGateWorker.parse(message),
        isReady: ({ type }) => type === "ready",
        onMessage: (message) => this.#receive(run, message),
      },
      (graceMs) => ({ type: "stop", graceMs }),
    );
    this.#run = run;
    // A new run holds no keys: clients are told, and give them again.
    this.#tellStatus(this.#unknown());
    return run;
  }

  #receive(run: Run, message: FromGitGateWorker): void {
    const { book } = this.#options;
    switch (message.type) {
      case "ready":
        return;
      case "status":
        return this.#tellStatus(message.repos);
      case "done":
      case "failed":
      case "diff":
        this.#calls.get(message.callId)?.(message);
        return;
      case "reserve":
        return run.post({ type: "reserved", callId: message.callId, id: book.reserve() });
      case "pushed":
        return run.post({ type: "kept", callId: message.callId, problem: book.pushed(message.push) });
      case "hold":
        return run.post({ type: "kept", callId: message.callId, problem: book.hold(message.push) });
      case "forwarded":
        return book.forwarded(message.pushId, message.decision);
      case "withdrawn":
        return book.withdrawn(message.push);
    }
  }

  #tellStatus(repos: readonly RepoStatus[]): void {
    this.#repos = repos;
    this.#options.statusChanged();
  }

  #unknown(): RepoStatus[] {
    return this.#options.start.repos.map((repo) => ({
      name: repo.name,
      upstream: upstreamUrl(repo),
      key: "missing",
      keyExpiresAt: null,
      refresh: "never",
      refreshedAt: null,
      problem: null,
      branches: 0,
      tags: 0,
    }));
  }
}
