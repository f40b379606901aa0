import type { AuditEntry } from "#common/domain/audit.ts";
import type { HeldPush, PushDecision } from "#common/domain/git.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { PushView } from "#common/ipc/git-methods.ts";
import type { Clock } from "../platform/clock.ts";
import { timestamp } from "../platform/clock.ts";
import type { ControlClient, PushDiff } from "../sidecars/control-client.ts";
import type { LinkPool } from "../sidecars/link-pool.ts";
import { pushDecisionRecord, withdrawnPushRecord } from "./push-audit.ts";
import type { PushRecords } from "./push-records.ts";
import { sentenceOfPush } from "./push-sentence.ts";
import { warningsForPush } from "./push-warnings.ts";

const CONNECT_MS = 10_000;
const MAX_DECIDED = 100;
const NOTHING: PushDiff = { files: [], cut: false };

export interface PushInboxDeps {
  readonly links: LinkPool;
  readonly records: PushRecords;
  readonly clock: Clock;
  /** Account name of who decides here. */
  readonly operator: string;
  audit(record: Omit<AuditEntry, "index" | "time" | "previous" | "hash">): Promise<void>;
}

/** What a decision was made upon: the very push, its refs and its findings. */
export interface PushBasis {
  readonly id: string;
  readonly digest: string;
  readonly note: string;
}

/** The held pushes of all bottles in one place (GIT-6). */
export class PushInbox {
  readonly #deps: PushInboxDeps;

  constructor(deps: PushInboxDeps) {
    this.#deps = deps;
  }

  /** What waits first, then what was decided lately; newest first. */
  async list(): Promise<HeldPush[]> {
    const live = this.#deps.links.all().flatMap(({ view }) => view?.pushes ?? []);
    const known = new Set(live.map(({ push }) => push.id));
    const past = (await this.#past()).filter(({ push }) => !known.has(push.id));
    const all = [...live, ...past].sort(byTime);
    const waiting = all.filter(({ status }) => status === "held");
    return [...waiting, ...all.filter(({ status }) => status !== "held").slice(0, MAX_DECIDED)];
  }

  /** The held push with this id, or the only one whose id begins so. */
  async find(id: string): Promise<HeldPush> {
    const all = await this.list();
    const exact = all.find(({ push }) => push.id === id);
    if (exact !== undefined) return exact;
    const matching = all.filter(({ push }) => push.id.startsWith(id));
    if (matching.length === 1 && matching[0] !== undefined) return matching[0];
    const names = matching.map(({ push }) => push.id).join(", ");
    throw new OperatorError("not-found", {
      message: matching.length === 0 ? `There is no held push ${id}` : `${id} could be ${names}`,
      hint: "See them with `bot-bottle pushes list`",
    });
  }

  /** The push with everything we compute about it. What it changes can be read only while its gate holds it. */
  async view(id: string): Promise<PushView> {
    const held = await this.find(id);
    const closed = this.#closed(held);
    const { diff, problem } = closed === null ? await this.#read(held) : { diff: NOTHING, problem: null };
    const upstream = this.#deps.links.peek(held.slug)?.view?.repos.find(({ name }) => name === held.push.repo)?.upstream ?? null;
    return {
      held,
      sentence: sentenceOfPush(held.push, upstream),
      warnings: warningsForPush(held.push, diff.files, diff.cut),
      files: [...diff.files],
      cut: diff.cut,
      blocked: closed ?? problem,
    };
  }

  /** Forwards exactly what was scanned, with each of its findings let pass this once; resolves once the upstream has it. */
  async forward(basis: PushBasis, allowedFindings: readonly string[]): Promise<HeldPush> {
    const { held, client } = await this.#open(basis);
    requireEveryFinding(held, allowedFindings);
    return this.#decide(held, client, basis, { verdict: "forwarded", allowedFindings: [...allowedFindings] });
  }

  async refuse(basis: PushBasis): Promise<HeldPush> {
    const { held, client } = await this.#open(basis);
    return this.#decide(held, client, basis, { verdict: "refused", allowedFindings: [] });
  }

  /** The bottle ends: what waits can be forwarded by nobody any more. */
  async withdraw(slug: Slug): Promise<void> {
    const waiting = (this.#deps.links.peek(slug)?.view?.pushes ?? []).filter(({ status }) => status === "held");
    for (const { push } of waiting) await this.#deps.audit(withdrawnPushRecord(slug, push.id));
  }

  /** Pushes of which no gate tells any more; those of a gate that is being connected to are not known yet. */
  async #past(): Promise<HeldPush[]> {
    const { links, records } = this.#deps;
    const told = (await records.slugs()).filter((slug) => links.peek(slug)?.view !== null);
    return (await Promise.all(told.map((slug) => records.held(slug, links.peek(slug) === null)))).flat();
  }

  async #open(basis: PushBasis): Promise<{ held: HeldPush; client: ControlClient }> {
    const seen = await this.find(basis.id);
    requireHeld(seen);
    const { slug } = seen;
    const client = await this.#deps.links.get(slug).connected(CONNECT_MS);
    const held = await this.find(basis.id);
    requireHeld(held);
    if (held.digest !== basis.digest)
      throw new OperatorError("conflict", { message: `${held.push.id} is not the push that was seen`, hint: "Look at it again" });
    return { held, client };
  }

  async #decide(
    held: HeldPush,
    client: ControlClient,
    basis: PushBasis,
    outcome: Pick<PushDecision, "verdict" | "allowedFindings">,
  ): Promise<HeldPush> {
    const { operator, clock } = this.#deps;
    const { push, digest, slug } = held;
    await client.request({ type: "decide-push", pushId: push.id, digest, by: operator, note: basis.note, ...outcome });
    const decision: PushDecision = { ...outcome, decidedAt: timestamp(clock), by: operator, note: basis.note };
    await this.#deps.audit(pushDecisionRecord(slug, push.id, push.repo, decision));
    return { ...held, status: outcome.verdict, decision };
  }

  /** A gate that cannot tell now what a push changes leaves it to be seen again, not to be decided unseen. */
  async #read({ slug, push }: HeldPush): Promise<{ diff: PushDiff; problem: string | null }> {
    try {
      const client = await this.#deps.links.get(slug).connected(CONNECT_MS);
      return { diff: await client.readPush(push.id), problem: null };
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      return { diff: NOTHING, problem: `What it changes cannot be read: ${error.message}.` };
    }
  }

  /** Why it can be decided by nobody, or not now. */
  #closed({ slug, status }: HeldPush): string | null {
    if (status === "withdrawn") return `${slug} was stopped before it was decided: it was withdrawn, and nothing of it was forwarded.`;
    if (status !== "held") return `It is ${status} already.`;
    const link = this.#deps.links.peek(slug);
    if (link === null || link.view === null) return `The sidecars of ${slug} are not connected.`;
    return link.state === "connected" ? null : `The connection to the sidecars of ${slug} is lost; connecting again.`;
  }
}

function requireHeld({ push, status, decision }: HeldPush): void {
  if (status === "held") return;
  const by = decision === null ? "" : ` by ${decision.by}`;
  throw new OperatorError("already-decided", { message: `${push.id} is ${status} already${by}`, hint: "Nothing was changed" });
}

/** Each is let pass by name, so that a finding nobody looked at never leaves (GIT-6). */
function requireEveryFinding({ push }: HeldPush, allowed: readonly string[]): void {
  if (push.findingCount > push.findings.length) {
    throw new OperatorError("not-permitted", {
      message: `${push.id} has ${push.findingCount} findings, of which ${push.findings.length} can be shown: it cannot be forwarded`,
      hint: "Refuse it, and have the agent push in smaller parts",
    });
  }
  const unnamed = push.findings.filter(({ fingerprint }) => !allowed.includes(fingerprint));
  if (unnamed.length > 0) {
    throw new OperatorError("bad-input", {
      message: `${unnamed.length === 1 ? "One finding is" : `${unnamed.length} findings are`} not let pass: ${unnamed[0]?.rule} in ${unnamed[0]?.path ?? unnamed[0]?.place}`,
      hint: "Let every finding pass, or refuse the push",
    });
  }
  const unknown = allowed.filter((each) => !push.findings.some(({ fingerprint }) => fingerprint === each));
  if (unknown.length > 0) throw new OperatorError("bad-input", { message: `${push.id} has no such finding`, hint: "Look at it again" });
}

function byTime(a: HeldPush, b: HeldPush): number {
  return a.push.time < b.push.time ? 1 : a.push.time > b.push.time ? -1 : 0;
}
