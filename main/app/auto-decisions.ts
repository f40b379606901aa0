import type { AutoRule } from "#common/domain/auto-rule.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { TopicBus } from "../ipc/handlers.ts";
import { Coalesced } from "../platform/coalesced.ts";
import type { RuleVerdict } from "../proposals/match-rule.ts";
import { decidingRule } from "../proposals/match-rule.ts";
import type { LinkNews } from "../sidecars/link-pool.ts";
import type { Services } from "./services.ts";

type Deps = Pick<Services, "inbox" | "links" | "registry" | "rules" | "deps">;

const MAX_TRIES = 3;
const MAX_REMEMBERED = 20_000;

/**
 * Lets the operator's rules decide what arrives and what waits when a bottle is connected to; the panel alone does so. What a
 * rule cannot decide stays open, and the operator is told once (SUP-4).
 */
export class AutoDecisions {
  readonly #deps: Deps;
  readonly #bus: Pick<TopicBus, "publish">;
  readonly #run = new Coalesced(() => this.#decideAll());
  /** What was looked at under the rules there are; it is looked at again when those change. */
  readonly #seen = new Set<string>();
  #known = "";
  #problem: string | null = null;

  constructor(deps: Deps, bus: Pick<TopicBus, "publish">) {
    this.#deps = deps;
    this.#bus = bus;
  }

  async takeNews({ parts }: LinkNews): Promise<void> {
    if (parts.has("proposals") || parts.has("link")) await this.#run.run();
  }

  async rulesChanged(): Promise<void> {
    await this.#run.run();
  }

  async #decideAll(): Promise<void> {
    if ((await this.#rules()).length === 0) return;
    for (const { state, view } of this.#deps.links.all()) {
      if (state !== "connected") continue;
      const waiting = (view?.proposals ?? []).filter(({ status }) => status === "pending");
      for (const proposal of waiting) if (this.#isNew(proposal)) await this.#decide(proposal);
    }
  }

  /** As they are now: none decides once it is switched off. A file that cannot be used decides nothing; that is said once. */
  async #rules(): Promise<readonly AutoRule[]> {
    try {
      const rules = await this.#deps.rules.list();
      this.#problem = null;
      const known = JSON.stringify(rules);
      if (known !== this.#known) this.#seen.clear();
      this.#known = known;
      return rules.filter(({ enabled }) => enabled);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== this.#problem) this.#bus.publish("notice", { tone: "bad", text: problem });
      this.#problem = problem;
      return [];
    }
  }

  #isNew({ id, digest }: Proposal): boolean {
    const key = `${id} ${digest}`;
    if (this.#seen.has(key)) return false;
    if (this.#seen.size >= MAX_REMEMBERED) this.#seen.clear();
    this.#seen.add(key);
    return true;
  }

  async #decide(proposal: Proposal): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#tryDecide(proposal);
      } catch (error) {
        const stale = error instanceof OperatorError && error.code === "stale-revision";
        if (stale && tries < MAX_TRIES) continue;
        return this.#failed(proposal, error);
      }
    }
  }

  async #tryDecide(proposal: Proposal): Promise<void> {
    const { inbox, registry, deps } = this.#deps;
    const bottle = (await registry.read(proposal.slug))?.bottle ?? null;
    const rules = await this.#rules();
    const live = inbox.book.table(proposal.slug);
    const verdict = decidingRule(rules, { proposal, bottle, live, now: deps.clock.now() });
    if (verdict === null) return;
    const basis = { id: proposal.id, digest: proposal.digest, seenRevision: live.revision, note: verdict.rule.note };
    await this.#carryOut(verdict, basis);
    deps.logger.log("info", "auto-decided", { proposal: proposal.id, verdict: verdict.verdict, rule: verdict.rule.name });
  }

  async #carryOut(verdict: RuleVerdict, basis: Parameters<Services["inbox"]["reject"]>[0]): Promise<void> {
    const { inbox } = this.#deps;
    const rule = verdict.rule.name;
    if (verdict.verdict === "reject") await inbox.reject(basis, rule);
    else await inbox.approve(basis, null, { scope: verdict.scope, rule });
  }

  #failed({ id }: Proposal, error: unknown): void {
    if (error instanceof OperatorError && error.code === "already-decided") return;
    this.#deps.deps.logger.log("warn", "auto-decision-failed", { proposal: id, error });
    const why = error instanceof OperatorError ? error.message : "something went wrong, which the log has";
    this.#bus.publish("notice", { tone: "warn", text: `A rule could not decide ${id}, which waits for you: ${why}.` });
  }
}
