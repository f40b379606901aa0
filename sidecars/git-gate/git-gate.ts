import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { GateRepo } from "#common/domain/git.ts";
import type { FromGitGateWorker, GitGateWorkerStart, SshKey, ToGitGateWorker } from "../kit/git-gate-worker.ts";
import { log, messageOf } from "../kit/log.ts";
import { GateServer } from "./http/gate-server.ts";
import type { InitLink } from "./init-link.ts";
import { Mirror, NEVER_FRESH } from "./mirror/mirror.ts";
import { Programs } from "./programs.ts";
import { besideMirror, HeldPushes } from "./push/held-pushes.ts";
import { HoldStore } from "./push/hold-store.ts";
import { installHooks } from "./push/hook-channel.ts";
import { IntentLog } from "./push/intent-log.ts";
import { PushDesk } from "./push/push-desk.ts";
import { UnfinishedPushes } from "./push/unfinished-pushes.ts";
import type { PushScanner } from "./scan/scan-types.ts";
import { KeyRing } from "./upstream/key-ring.ts";
import type { SshFiles } from "./upstream/ssh-options.ts";
import { sshFiles, writeSshFiles } from "./upstream/ssh-options.ts";

type Request = Extract<ToGitGateWorker, { type: "set-keys" | "refresh" | "decide" | "read" }>;
type Answer = Extract<FromGitGateWorker, { type: "done" | "failed" | "diff" }>;
/** Distributes over the union, so that each answer keeps its own fields. */
type Outcome = Answer extends infer A ? (A extends Answer ? Omit<A, "callId"> : never) : never;

const DONE: Outcome = { type: "done" };
const READ_MS = 30_000;

export interface GitGateParts {
  readonly link: InitLink;
  readonly scanner: PushScanner;
  readonly now: () => Date;
}

/** The git-gate of one bottle: mirrors, keys, held pushes, and the server in front of them. */
export class GitGate {
  readonly #start: GitGateWorkerStart;
  readonly #parts: GitGateParts;
  readonly #programs: Programs;
  readonly #mirrors: ReadonlyMap<string, Mirror>;
  readonly #keys: KeyRing;
  readonly #held: HeldPushes;
  readonly #unfinished: UnfinishedPushes;
  readonly #pushes: PushDesk;
  #server: GateServer | null = null;
  #statusTold = true;

  constructor(start: GitGateWorkerStart, parts: GitGateParts) {
    this.#start = start;
    this.#parts = parts;
    const folder = (name: string): string => join(start.folder, name);
    for (const name of ["home", "run", "mirrors"]) mkdirSync(folder(name), { recursive: true, mode: 0o700 });
    installHooks(folder("hooks"));
    this.#programs = new Programs(start.path, folder("home"));
    const agentSocket = join(folder("run"), "agent");
    const ssh = new Map(start.repos.map((repo, index) => [repo.name, sshFiles(folder("run"), index, agentSocket)]));
    this.#keys = new KeyRing({
      programs: this.#programs,
      agentSocket,
      files: ssh,
      now: parts.now,
      changed: () => this.#tellStatus(),
    });
    this.#mirrors = new Map(start.repos.map((repo) => [repo.name, this.#mirror(repo, ssh.get(repo.name))]));
    const intents = new IntentLog(folder("intents"));
    const waiting = start.pushes.filter(({ status }) => status === "held").map(({ push }) => push.id);
    const store = new HoldStore(folder("held"), start.limits, waiting);
    const { link: journal, now } = parts;
    this.#unfinished = new UnfinishedPushes(intents, journal, start.pushes);
    this.#held = new HeldPushes({
      slug: start.slug,
      store,
      journal,
      intents,
      mirrors: this.#mirrors,
      waitSeconds: start.responseTimeoutSeconds,
      now,
      pushes: start.pushes,
    });
    this.#pushes = new PushDesk({ programs: this.#programs, scanner: parts.scanner, journal, intents, held: this.#held, now });
  }

  async listen(): Promise<void> {
    const { listenHost: host, port, limits } = this.#start;
    this.#server = await GateServer.listen({
      host,
      port,
      programs: this.#programs,
      mirrors: this.#mirrors,
      pushes: this.#pushes,
      packBytes: limits.packBytes,
      idleMs: limits.idleSeconds * 1000,
    });
    this.#tellStatus();
  }

  receive(message: Exclude<ToGitGateWorker, { type: "stop" }>): void {
    switch (message.type) {
      case "reserved":
      case "kept":
        return this.#parts.link.receive(message);
      case "ended":
        return this.#held.ended(message.push);
      case "set-keys":
      case "refresh":
      case "decide":
      case "read":
        void this.#answer(message);
    }
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all([this.#server?.close(graceMs), this.#keys.close()]);
    this.#programs.killAll();
  }

  /** When the thread ends in another way than by `close`. */
  abandon(): void {
    this.#programs.killAll();
  }

  async #answer(request: Request): Promise<void> {
    const outcome = await this.#outcome(request);
    // What a request has changed is told before its answer.
    this.#sendStatus();
    this.#parts.link.answer({ ...outcome, callId: request.callId });
  }

  async #outcome(request: Request): Promise<Outcome> {
    try {
      return await this.#perform(request);
    } catch (error) {
      log("error", "gate-request-failed", { request: request.type, reason: messageOf(error) });
      return { type: "failed", code: "apply-failed", message: `it failed in the git-gate: ${messageOf(error)}` };
    }
  }

  #perform(request: Request): Promise<Outcome> {
    switch (request.type) {
      case "set-keys":
        return this.#setKeys(request.keys);
      case "refresh":
        return this.#refresh(request.repo);
      case "decide":
        return this.#decide(request);
      case "read":
        return this.#read(request.pushId);
    }
  }

  /** All keys that can be used are; a bad one does not keep another from its repository. */
  async #setKeys(keys: Readonly<Record<string, SshKey | null>>): Promise<Outcome> {
    const problems: string[] = [];
    for (const [name, key] of Object.entries(keys)) {
      const problem = await this.#setKey(name, key);
      if (problem !== null) problems.push(problem);
    }
    return problems.length === 0 ? DONE : { type: "failed", code: "bad-request", message: problems.join("; ") };
  }

  async #setKey(name: string, key: SshKey | null): Promise<string | null> {
    const mirror = this.#mirrors.get(name);
    if (mirror === undefined) return `this bottle has no repository ${name}`;
    if (key === null) {
      await this.#keys.take(name);
      return null;
    }
    const problem = await this.#keys.give(name, key);
    // Whether the upstream answers is worth knowing before the agent needs it; and it makes the mirror.
    if (problem === null) this.#refreshLater(mirror);
    return problem;
  }

  async #refresh(name: string): Promise<Outcome> {
    const mirror = this.#mirrors.get(name);
    if (mirror === undefined) return { type: "failed", code: "not-found", message: `this bottle has no repository ${name}` };
    const problem = await mirror.refresh({ maxAgeMs: NEVER_FRESH, shared: false });
    return problem === null ? DONE : { type: "failed", code: "apply-failed", message: problem.reason };
  }

  async #decide({ pushId, decision }: Extract<Request, { type: "decide" }>): Promise<Outcome> {
    const hold = this.#held.objectsOf(pushId);
    const mirror = this.#mirrors.get(hold?.repo ?? "");
    if (hold === null || mirror === undefined) return { type: "failed", code: "not-found", message: `no push ${pushId} waits here` };
    if (this.#unfinished.has(pushId)) {
      const problem = await mirror.refresh({ maxAgeMs: NEVER_FRESH, shared: false });
      if (problem !== null)
        return { type: "failed", code: "apply-failed", message: `it was being forwarded when the gate stopped, and ${problem.reason}` };
      if (this.#unfinished.arrived(pushId))
        return { type: "failed", code: "conflict", message: `${pushId} had been forwarded before the gate was restarted` };
    }
    if (decision.verdict === "refused") return DONE;
    const problem = await this.#held.forward(pushId, decision);
    if (problem !== null) return { type: "failed", code: "apply-failed", message: problem.reason };
    this.#refreshLater(mirror);
    return DONE;
  }

  async #read(pushId: string): Promise<Outcome> {
    const hold = this.#held.objectsOf(pushId);
    if (hold === null) return { type: "failed", code: "not-found", message: `no push ${pushId} waits here` };
    const mirror = this.#mirrors.get(hold.repo);
    if (mirror === undefined) return { type: "failed", code: "not-found", message: `this bottle has no repository ${hold.repo}` };
    const env = { ...this.#programs.environment, ...besideMirror(hold) };
    const diff = await this.#parts.scanner.diff({ gitDir: mirror.path, env, updates: hold.updates, signal: AbortSignal.timeout(READ_MS) });
    return { type: "diff", files: [...diff.files], cut: diff.cut };
  }

  #refreshLater(mirror: Mirror): void {
    mirror
      .refresh({ maxAgeMs: NEVER_FRESH, shared: false })
      .catch((error: unknown) => log("error", "refresh-failed", { repo: mirror.repo.name, reason: messageOf(error) }));
  }

  #mirror(repo: GateRepo, ssh: SshFiles | undefined): Mirror {
    if (ssh === undefined) throw new Error(`no SSH files for ${repo.name}`);
    writeSshFiles(ssh, repo);
    return new Mirror({
      repo,
      path: join(this.#start.folder, "mirrors", `${repo.name}.git`),
      hooks: join(this.#start.folder, "hooks"),
      packBytes: this.#start.limits.packBytes,
      programs: this.#programs,
      ssh,
      now: this.#parts.now,
      key: () => this.#keys.state(repo.name),
      changed: () => this.#tellStatus(),
      refreshed: (mirror) => this.#unfinished.settle(mirror),
    });
  }

  /** Several changes in one turn are one message. */
  #tellStatus(): void {
    if (!this.#statusTold) return;
    this.#statusTold = false;
    setImmediate(() => this.#sendStatus());
  }

  #sendStatus(): void {
    if (this.#statusTold) return;
    this.#statusTold = true;
    this.#parts.link.status([...this.#mirrors.values()].map(({ status }) => status));
  }
}
