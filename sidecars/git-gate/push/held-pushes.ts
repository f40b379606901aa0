import type { HeldPush, PushDecision, PushRecord, RefUpdate } from "#common/domain/git.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { Turns } from "../turns.ts";
import { forward } from "../upstream/forward.ts";
import type { UpstreamProblem } from "../upstream/upstream-failure.ts";
import type { Hold, HoldStore } from "./hold-store.ts";
import type { HookVerdict, IncomingPush } from "./incoming-push.ts";
import { keepUntilSettled } from "./incoming-push.ts";
import type { IntentLog } from "./intent-log.ts";
import type { PushJournal } from "./push-journal.ts";
import { decidedLines, forwardedElsewhereLines, holdingLines, refusedLines, remarkLines, stillHeldLines } from "./push-messages.ts";
import type { Scanned } from "./push-record.ts";
import { pushDigest, pushRecord, showsAllFindings } from "./push-record.ts";
import type { Refusal } from "./ref-rules.ts";
import { refsMoved } from "./refs-moved.ts";
import type { Ended } from "./waiting-clients.ts";
import { WaitingClients } from "./waiting-clients.ts";

export interface HeldPushesParts {
  readonly slug: string;
  readonly store: HoldStore;
  readonly journal: PushJournal;
  readonly intents: IntentLog;
  readonly mirrors: ReadonlyMap<string, Mirror>;
  readonly waitSeconds: number;
  readonly now: () => Date;
  /** What init has on disk. */
  readonly pushes: readonly HeldPush[];
}

export interface HoldRequest {
  readonly push: IncomingPush;
  readonly id: string | null;
  readonly updates: readonly RefUpdate[];
  readonly scanned: Scanned;
}

export type HoldOutcome =
  /** The client was told, and what there is to record is recorded. */
  { readonly kind: "decided"; readonly verdict: HookVerdict } | { readonly kind: "refused"; readonly refusal: Refusal };

/** Pushes that wait for the operator (GIT-6): filed once, decided once, forwarded once. */
export class HeldPushes {
  readonly #parts: HeldPushesParts;
  readonly #known: Map<string, HeldPush>;
  readonly #clients = new WaitingClients();
  readonly #filing = new Turns(1);

  constructor(parts: HeldPushesParts) {
    this.#parts = parts;
    this.#known = new Map(parts.pushes.map((held) => [held.push.id, held]));
    for (const held of parts.pushes) if (held.status === "held" && parts.store.get(held.push.id) === null) this.#withdraw(held, LOST);
  }

  /** The objects of a push that still waits. */
  objectsOf(pushId: string): Hold | null {
    return this.#known.get(pushId)?.status === "held" ? this.#parts.store.get(pushId) : null;
  }

  /** Files a push, or joins the same one that waits already; then waits, for a bounded time, for what becomes of it. */
  async hold(request: HoldRequest): Promise<HoldOutcome> {
    const filed = await this.#file(request);
    if ("rule" in filed) return { kind: "refused", refusal: filed };
    const { client, mirror } = request.push;
    const { id } = filed.push;
    client.say(holdingLines(id, filed.push.reason, this.#parts.waitSeconds));
    const end = await this.#clients.wait(id, client.gone, this.#parts.waitSeconds);
    if (end === "late") client.say(stillHeldLines(id));
    return { kind: "decided", verdict: typeof end === "string" ? "refuse" : await this.#tell(request, mirror, end) };
  }

  /** Sends a held push upstream. Null when the upstream has it; else why it has not. */
  async forward(pushId: string, decision: PushDecision): Promise<UpstreamProblem | null> {
    const hold = this.objectsOf(pushId);
    const held = this.#known.get(pushId);
    const mirror = this.#parts.mirrors.get(hold?.repo ?? "");
    if (hold === null || held === undefined || mirror === undefined) throw new Error(`${pushId} is not held`);
    using stack = new DisposableStack();
    const turn = stack.use(await mirror.refsTurn.take());
    const push: PushRecord = { ...held.push, verdict: "forwarded", reason: "the operator let it pass" };
    this.#parts.intents.begin({ push, updates: [...hold.updates], decision });
    const outcome = await forward({ mirror, env: besideMirror(hold), updates: hold.updates, signal: NEVER });
    if (!outcome.ok) {
      this.#parts.intents.end(pushId);
      if (outcome.problem.rule === "upstream-moved") this.#withdraw(held, outcome.problem);
      return outcome.problem;
    }
    stack.move();
    const ended: Ended = { push: { ...held, status: "forwarded", decision }, remarks: outcome.remarks };
    if (!this.#clients.tell(pushId, ended, turn)) turn[Symbol.dispose]();
    return null;
  }

  /** Init has it on disk as ended: nobody waits for it any more, and its objects go. */
  ended(push: HeldPush): void {
    this.#known.set(push.push.id, push);
    this.#clients.tell(push.push.id, { push, remarks: [] }, null);
    this.#parts.store.remove(push.push.id);
    this.#parts.intents.end(push.push.id);
  }

  async #file(request: HoldRequest): Promise<HeldPush | Refusal> {
    using _turn = await this.#filing.take();
    const digest = pushDigest(request.push.mirror.repo.name, request.updates, request.scanned.findings);
    const same = [...this.#known.values()].findLast((held) => held.digest === digest);
    if (same?.status === "held") return same;
    if (same?.status === "refused") return refusedBefore(same);
    return await this.#fileNew(request, digest);
  }

  async #fileNew({ push, id, updates, scanned }: HoldRequest, digest: string): Promise<HeldPush | Refusal> {
    if (id === null) return { rule: "limit", reason: "the gate could not store this push: its disk may be full" };
    const { mirror } = push;
    const held: HeldPush = {
      slug: this.#parts.slug,
      push: this.#record(push, id, updates, scanned),
      digest,
      status: "held",
      decision: null,
    };
    if (!showsAllFindings(held.push)) {
      return {
        rule: "finding",
        reason: `it carries ${scanned.findingCount} strings that look like secrets, more than can be reviewed one by one`,
      };
    }
    const full = this.#parts.store.keep({ id, repo: mirror.repo.name, updates, objects: push.objects });
    if (full !== null) return { rule: "limit", reason: full };
    const problem = await this.#parts.journal.hold(held);
    if (problem !== null) {
      this.#parts.store.remove(id);
      return { rule: "limit", reason: `the gate could not store this push: ${problem}` };
    }
    this.#known.set(id, held);
    return held;
  }

  #record(push: IncomingPush, id: string, updates: readonly RefUpdate[], scanned: Scanned): PushRecord {
    const now = this.#parts.now();
    const { findingCount } = scanned;
    const what = findingCount === 1 ? "a string that looks like a secret was" : `${findingCount} strings that look like secrets were`;
    return pushRecord({
      id,
      time: now.toISOString(),
      repo: push.mirror.repo.name,
      verdict: "held",
      rule: findingCount > 0 ? "finding" : "review",
      reason: findingCount > 0 ? `${what} found in it` : "every push to this repository is reviewed",
      updates,
      scanned,
      bytes: push.bytes,
      durationMs: now.getTime() - push.startedAt.getTime(),
    });
  }

  async #tell(
    { push: { client }, updates }: HoldRequest,
    mirror: Mirror,
    { push, remarks, turn }: Ended & { turn: Disposable | null },
  ): Promise<HookVerdict> {
    if (push.status === "refused") client.say(decidedLines(push));
    else if (push.status !== "forwarded") client.say(refusedLines(push.push.reason));
    // Git can update the mirror's refs for one client only, and only from where this push began.
    else if (turn === null || (await refsMoved(mirror, updates)) !== null) client.say(forwardedElsewhereLines(push.push.id));
    else {
      client.say(remarkLines(remarks));
      void keepUntilSettled(turn, client);
      return "accept";
    }
    turn?.[Symbol.dispose]();
    return "refuse";
  }

  #withdraw(held: HeldPush, problem: Refusal): void {
    const push: PushRecord = { ...held.push, time: this.#parts.now().toISOString(), verdict: "failed", ...problem };
    this.#parts.journal.withdrawn(push);
  }
}

/** Lets git see the held objects in the mirror. */
export function besideMirror({ objects }: Hold): Record<string, string> {
  return { GIT_ALTERNATE_OBJECT_DIRECTORIES: objects };
}

function refusedBefore({ push, decision }: HeldPush): Refusal {
  const note = decision === null || decision.note === "" ? "" : `; note: ${decision.note}`;
  return { rule: push.rule, reason: `the operator refused the same push as ${push.id}${note}` };
}

/** Once something is on its way upstream, it is not called back. */
const NEVER = new AbortController().signal;
const LOST: Refusal = { rule: "interrupted", reason: "its objects were lost: push it again" };
