import type { z } from "zod";
import type { HeldPush, PushDecision, PushRecord, RepoStatus } from "#common/domain/git.ts";
import type { Slug } from "#common/domain/names.ts";
import type { BundleFrame, DecidePush, ReadPush, RefreshRepo, SetKeys } from "#common/wire/control.ts";
import { log, messageOf } from "../kit/log.ts";
import type { GateAnswer, GateRecords, GateRequest } from "./git-gate-daemon.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import type { PolicyOutcome } from "./policy-book.ts";

/** What clients are told of pushes at once: it shares a frame with routes and proposals. */
const MAX_SHOWN_BYTES = 3 * 1024 * 1024;

export interface PushBookParts {
  readonly slug: Slug;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly now: () => Date;
  repos(): readonly RepoStatus[];
  /** Asks the git-gate. */
  ask(request: GateRequest): Promise<GateAnswer>;
  /** Tells the git-gate that a push waits no more. */
  tellEnded(push: HeldPush): void;
  /** After what clients see of the gate has changed. */
  changed(): void;
}

export type GitPicture = Pick<Extract<BundleFrame, { type: "git" }>, "repos" | "pushes">;
export type PushDiffFrame = Extract<BundleFrame, { type: "push-diff" }>;

/** The durable side of the git-gate: what is recorded of pushes, and the operator's decisions about those that wait (GIT-6). */
export class PushBook implements GateRecords {
  readonly #parts: PushBookParts;
  readonly #deciding = new Set<string>();

  constructor(parts: PushBookParts) {
    this.#parts = parts;
  }

  /** Everything that waits, and of the rest the latest, as far as a frame has room. */
  picture(): GitPicture {
    const { pushes } = this.#parts.ledger;
    const latest = [...pushes.filter(({ status }) => status !== "held"), ...pushes.filter(({ status }) => status === "held")].reverse();
    const shown = new Set<HeldPush>();
    let size = 0;
    for (const held of latest) {
      size += Buffer.byteLength(JSON.stringify(held));
      if (size <= MAX_SHOWN_BYTES) shown.add(held);
    }
    return { repos: [...this.#parts.repos()], pushes: pushes.filter((held) => shown.has(held)) };
  }

  reserve(): string | null {
    try {
      return `${this.#parts.slug}.g${this.#parts.ledger.reservePush()}`;
    } catch (error) {
      log("error", "push-not-numbered", { reason: messageOf(error) });
      return null;
    }
  }

  /** A push ended that waited for nobody. */
  pushed(push: PushRecord): string | null {
    return problemOf(() => this.#parts.journal.append([{ type: "push", push }], { durable: true }));
  }

  hold(held: HeldPush): string | null {
    const problem = problemOf(() => this.#parts.ledger.hold(held));
    this.#parts.changed();
    return problem;
  }

  /** The gate found that the upstream has it, by a decision from before it was restarted. */
  forwarded(pushId: string, decision: PushDecision): void {
    const held = this.#parts.ledger.push(pushId);
    if (held?.status === "held") this.#end(held, decision);
  }

  withdrawn(push: PushRecord): void {
    const held = this.#parts.ledger.push(push.id);
    if (held?.status !== "held") return;
    const ended: HeldPush = { ...held, push, status: "withdrawn" };
    this.#parts.ledger.record({ push: ended, event: { type: "push", push } });
    this.#told(ended);
  }

  async setKeys(request: z.infer<typeof SetKeys>): Promise<PolicyOutcome> {
    return this.#outcome(await this.#parts.ask({ type: "set-keys", keys: request.keys }));
  }

  async refresh(request: z.infer<typeof RefreshRepo>): Promise<PolicyOutcome> {
    return this.#outcome(await this.#parts.ask({ type: "refresh", repo: request.repo }));
  }

  async read({ id, pushId }: z.infer<typeof ReadPush>): Promise<PushDiffFrame | PolicyOutcome> {
    if (this.#parts.ledger.push(pushId) === null) return unknown(pushId);
    const answer = await this.#parts.ask({ type: "read", pushId });
    return answer.type === "diff" ? { type: "push-diff", id, files: answer.files, cut: answer.cut } : this.#outcome(answer);
  }

  /** One-shot: of two who decide at once, one does. */
  async decide(request: z.infer<typeof DecidePush>): Promise<PolicyOutcome> {
    const held = this.#parts.ledger.push(request.pushId);
    if (held === null) return unknown(request.pushId);
    const problem = conflict(held, request) ?? incomplete(held, request);
    if (problem !== null) return problem;
    if (this.#deciding.has(request.pushId)) return failed("conflict", `${request.pushId} is being decided already`);
    this.#deciding.add(request.pushId);
    try {
      return await this.#carryOut(held, request);
    } finally {
      this.#deciding.delete(request.pushId);
    }
  }

  async #carryOut(held: HeldPush, { verdict, by, note, allowedFindings }: z.infer<typeof DecidePush>): Promise<PolicyOutcome> {
    const decision: PushDecision = { verdict, decidedAt: this.#parts.now().toISOString(), by, note, allowedFindings };
    const answer = await this.#parts.ask({ type: "decide", pushId: held.push.id, decision });
    if (answer.type !== "done") return this.#outcome(answer);
    // The gate may have withdrawn it, or found it upstream, while it was asked.
    const now = this.#parts.ledger.push(held.push.id);
    if (now?.status !== "held") return failed("conflict", `${held.push.id} is ${now?.status ?? "gone"} already`);
    this.#end(held, decision);
    return this.#done();
  }

  #end(held: HeldPush, decision: PushDecision): void {
    const ended: HeldPush = { ...held, status: decision.verdict, decision };
    const event = { type: "push-decided" as const, pushId: held.push.id, repo: held.push.repo, decision };
    this.#parts.ledger.record({ push: ended, event });
    this.#told(ended);
  }

  #told(ended: HeldPush): void {
    this.#parts.tellEnded(ended);
    this.#parts.changed();
  }

  #outcome(answer: GateAnswer): PolicyOutcome {
    return answer.type === "failed" ? failed(answer.code, answer.message) : this.#done();
  }

  #done(): PolicyOutcome {
    return { ok: true, revision: this.#parts.ledger.table.revision };
  }
}

type Failure = Extract<PolicyOutcome, { ok: false }>;

function conflict({ push, status, digest }: HeldPush, request: z.infer<typeof DecidePush>): Failure | null {
  if (status !== "held") return failed("conflict", `${push.id} is ${status} already`);
  return digest === request.digest ? null : failed("conflict", `${push.id} is not what was decided about`);
}

/** What the operator does not name, the operator may not have seen. */
function incomplete({ push }: HeldPush, { verdict, allowedFindings }: z.infer<typeof DecidePush>): Failure | null {
  const allowed = new Set(allowedFindings);
  const unnamed = verdict === "forwarded" && push.findings.some(({ fingerprint }) => !allowed.has(fingerprint));
  return unnamed ? failed("bad-request", `${push.id} has findings that were not allowed: name every one of them`) : null;
}

function unknown(pushId: string): Failure {
  return failed("not-found", `there is no push ${pushId}`);
}

function failed(code: Failure["code"], message: string): Failure {
  return { ok: false, code, message };
}

function problemOf(store: () => void): string | null {
  try {
    store();
    return null;
  } catch (error) {
    log("error", "push-not-stored", { reason: messageOf(error) });
    return messageOf(error);
  }
}
