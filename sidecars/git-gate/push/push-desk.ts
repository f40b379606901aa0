import type { PushRule, RefUpdate } from "#common/domain/git.ts";
import { log, messageOf } from "../../kit/log.ts";
import type { Programs } from "../programs.ts";
import type { PushScanner, ScanOutcome } from "../scan/scan-types.ts";
import { Turns } from "../turns.ts";
import { forward, isZero } from "../upstream/forward.ts";
import type { HeldPushes } from "./held-pushes.ts";
import type { HookVerdict, IncomingPush } from "./incoming-push.ts";
import { keepUntilSettled, quarantineEnv } from "./incoming-push.ts";
import type { IntentLog } from "./intent-log.ts";
import type { PushJournal } from "./push-journal.ts";
import { findingAdvice, findingLines, refusedLines, remarkLines } from "./push-messages.ts";
import type { RecordParts, Scanned } from "./push-record.ts";
import { NOT_SCANNED, pushRecord } from "./push-record.ts";
import { classify } from "./ref-rules.ts";
import { refsMoved } from "./refs-moved.ts";

/** Between the advertisement of a push and its objects no second refresh is needed. */
const FRESH_MS = 3000;
const SCANS_AT_ONCE = 2;

export interface PushDeskParts {
  readonly programs: Programs;
  readonly scanner: PushScanner;
  readonly journal: PushJournal;
  readonly intents: IntentLog;
  readonly held: HeldPushes;
  readonly now: () => Date;
}

/** How a push ended that was not let through. */
export interface RefusedPush {
  readonly verdict: "refused" | "failed";
  readonly rule: PushRule;
  readonly reason: string;
  readonly updates?: readonly RefUpdate[];
  readonly scanned?: Scanned;
}

/**
 * Decides on a push while git waits for the word (GIT-3): rules of refs, scan, policy, forwarding, and only then git takes it.
 * Everything that can refuse comes before the forwarding; whatever goes wrong refuses.
 */
export class PushDesk {
  readonly #parts: PushDeskParts;
  readonly #scans = new Turns(SCANS_AT_ONCE);

  constructor(parts: PushDeskParts) {
    this.#parts = parts;
  }

  async receive(push: IncomingPush): Promise<HookVerdict> {
    const id = this.#parts.journal.reserve();
    try {
      return await this.#review(push, id);
    } catch (error) {
      log("error", "push-failed", { repo: push.mirror.repo.name, reason: messageOf(error) });
      return this.#refuse(push, id, { verdict: "failed", rule: "interrupted", reason: "the gate failed on this push: try again" });
    }
  }

  /** Refuses a push without looking at it. */
  refuse(push: IncomingPush, refused: RefusedPush): Promise<HookVerdict> {
    return this.#refuse(push, this.#parts.journal.reserve(), refused);
  }

  /** A push that ended before git asked about it. */
  async record(push: IncomingPush, refused: RefusedPush): Promise<void> {
    await this.#record(push, this.#parts.journal.reserve(), refused);
  }

  async #review(push: IncomingPush, id: Promise<string | null>): Promise<HookVerdict> {
    const { mirror } = push;
    const unreachable = await mirror.refresh({ maxAgeMs: FRESH_MS, shared: true });
    if (unreachable !== null) return this.#refuse(push, id, { verdict: "failed", ...unreachable });
    const env = quarantineEnv(push);
    const classified = await classify(mirror, env, push.commands);
    if (!classified.ok) return this.#refuse(push, id, { verdict: "refused", ...classified });
    const { updates } = classified;
    const scanned = await this.#scan(push, env, updates);
    if (push.client.gone.aborted) return this.#refuse(push, id, { ...HUNG_UP, updates });
    if (scanned.kind === "failed") {
      const reason = `the push could not be scanned for secrets: ${scanned.reason}`;
      return this.#refuse(push, id, { verdict: "failed", rule: "scan-failed", reason, updates });
    }
    // A name is shown wherever its push is: what holds a secret is neither held nor recorded.
    if (scanned.findings.some(({ place }) => place === "ref")) return this.#refuseFindings(push, id, [], scanned);
    if (scanned.findingCount > 0 && mirror.repo.onFinding === "refuse") return this.#refuseFindings(push, id, updates, scanned);
    if (scanned.findingCount === 0 && !mirror.repo.reviewAlways) return this.#forward(push, id, updates, scanned);
    const ended = await this.#parts.held.hold({ push, id: await id, updates, scanned });
    return ended.kind === "decided" ? ended.verdict : this.#refuse(push, id, { verdict: "refused", updates, scanned, ...ended.refusal });
  }

  async #scan(push: IncomingPush, env: Readonly<Record<string, string>>, updates: readonly RefUpdate[]): Promise<ScanOutcome> {
    const newTips = [...new Set(updates.map((update) => update.new).filter((id) => !isZero(id)))];
    if (newTips.length === 0) return { kind: "scanned", ...NOT_SCANNED };
    using _turn = await this.#scans.take();
    const whole = { ...this.#parts.programs.environment, ...env };
    const newNames = updates.filter(({ kind }) => kind === "create").map(({ ref }) => ref.replace(/^refs\/[^/]+\//, ""));
    return await this.#parts.scanner.scan({ gitDir: push.mirror.path, env: whole, newTips, newNames, signal: push.client.gone });
  }

  #refuseFindings(push: IncomingPush, id: Promise<string | null>, updates: readonly RefUpdate[], scanned: Scanned): Promise<HookVerdict> {
    const reason = findingReason(scanned.findingCount);
    push.client.say([...refusedLines(reason), ...findingLines(scanned.findings, scanned.findingCount), ...findingAdvice()]);
    return this.#end(push, id, { verdict: "refused", rule: "finding", reason, updates, scanned });
  }

  async #forward(push: IncomingPush, id: Promise<string | null>, updates: readonly RefUpdate[], scanned: Scanned): Promise<HookVerdict> {
    const { mirror, client } = push;
    const pushId = await id;
    if (pushId === null) return this.#refuse(push, id, { ...NOT_STORED, updates, scanned });
    const turn = await mirror.refsTurn.take();
    using stack = new DisposableStack();
    stack.use(turn);
    const moved = await refsMoved(mirror, updates);
    if (moved !== null) return this.#refuse(push, id, { verdict: "refused", updates, scanned, ...moved });
    const rule = scanned.commitCount === 0 ? "nothing-new" : "clean";
    const record = this.#recordOf(push, pushId, { verdict: "forwarded", rule, reason: "no secret was found; forwarded", updates, scanned });
    this.#parts.intents.begin({ push: record, updates: [...updates], decision: null });
    const outcome = await forward({ mirror, env: quarantineEnv(push), updates, signal: NEVER });
    if (!outcome.ok) {
      this.#parts.intents.end(pushId);
      return this.#refuse(push, id, {
        verdict: outcome.problem.rule === "upstream-unreachable" ? "failed" : "refused",
        updates,
        scanned,
        ...outcome.problem,
      });
    }
    client.say(remarkLines(outcome.remarks));
    this.#keep(pushRecordNow(record, push, this.#parts.now()));
    stack.move();
    void keepUntilSettled(turn, client);
    return "accept";
  }

  /** The intent stays until the record is kept: a gate that is killed in between records it after its restart. */
  #keep(record: ReturnType<typeof pushRecord>): void {
    this.#parts.journal
      .pushed(record)
      .then(() => this.#parts.intents.end(record.id))
      .catch((error: unknown) => log("error", "push-not-recorded", { reason: messageOf(error) }));
  }

  #refuse(push: IncomingPush, id: Promise<string | null>, refused: RefusedPush): Promise<HookVerdict> {
    push.client.say(refusedLines(refused.reason));
    return this.#end(push, id, refused);
  }

  async #end(push: IncomingPush, id: Promise<string | null>, refused: RefusedPush): Promise<HookVerdict> {
    await this.#record(push, id, refused);
    return "refuse";
  }

  async #record(push: IncomingPush, id: Promise<string | null>, refused: RefusedPush): Promise<void> {
    const pushId = await id;
    if (pushId !== null) await this.#parts.journal.pushed(this.#recordOf(push, pushId, refused));
  }

  #recordOf(
    push: IncomingPush,
    id: string,
    end: Omit<RefusedPush, "verdict"> & Pick<RecordParts, "verdict">,
  ): ReturnType<typeof pushRecord> {
    const { updates = asAsked(push), scanned = NOT_SCANNED, verdict, rule, reason } = end;
    const now = this.#parts.now();
    const timing = { time: now.toISOString(), durationMs: now.getTime() - push.startedAt.getTime(), bytes: push.bytes };
    return pushRecord({ id, repo: push.mirror.repo.name, verdict, rule, reason, updates, scanned, ...timing });
  }
}

export function findingReason(count: number): string {
  return count === 1 ? "it carries what looks like a secret" : `it carries ${count} strings that look like secrets`;
}

const HUNG_UP = { verdict: "failed", rule: "interrupted", reason: "the client hung up while its push was scanned" } as const;
const NOT_STORED = { verdict: "failed", rule: "limit", reason: "the gate could not store this push: its disk may be full" } as const;
/** Once something is on its way upstream, it is not called back because a client left. */
const NEVER = new AbortController().signal;

function pushRecordNow(record: ReturnType<typeof pushRecord>, push: IncomingPush, now: Date): ReturnType<typeof pushRecord> {
  return { ...record, time: now.toISOString(), durationMs: now.getTime() - push.startedAt.getTime() };
}

/** Before the rules were looked at, only what each command is by itself is known. */
function asAsked({ commands }: IncomingPush): RefUpdate[] {
  return commands.map((command) => ({
    ...command,
    ref: command.ref.slice(0, 1024),
    kind: isZero(command.new) ? "delete" : isZero(command.old) ? "create" : "update",
  }));
}
