import type { AutoRule } from "#common/domain/auto-rule.ts";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { ApprovalScope, Proposal, ProposalDecision, ProposalRequest } from "#common/domain/proposal.ts";
import type { MethodInput, MethodName, TopicName, TopicPayload } from "#common/ipc/contract.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import { appliedTable, computedView } from "./computed-view.ts";
import { FakeBuild } from "./fake-build.ts";
import type { FakeRoutes } from "./fake-routes.ts";
import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";
import { liveDockerfile } from "./sample-proposals.ts";

type ProposalMethod = Extract<MethodName, `proposals.${string}` | `rules.${string}`>;
type Publish = <T extends TopicName>(topic: T, payload: TopicPayload<T>) => void;
type Snoozed = TopicPayload<"snoozed">;

interface Parts {
  readonly publish: Publish;
  readonly routes: FakeRoutes;
  /** A proposal of this bottle was settled. */
  readonly settled: (slug: string) => void;
}

/** The inbox of the fake: every decision is made as main makes it, from memory. */
export class FakeProposals {
  readonly #parts: Parts;
  #list: Proposal[] = [];
  #snoozed: Snoozed = [];
  #rules: AutoRule[] = [];
  readonly build: FakeBuild;
  /** What agents run on. */
  liveImage = liveDockerfile;
  /** Another client decides this one in the moment before a decision arrives. */
  decideElsewhere: string | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.build = new FakeBuild((applying) => parts.publish("applying", applying));
  }

  /** What was asked before the window opened. */
  know(proposals: Proposal[]): void {
    this.#list = proposals;
  }

  keep(rules: AutoRule[]): void {
    this.#rules = rules;
  }

  /** As if agents had asked just now, all much the same. */
  arriveAs(ids: readonly string[]): void {
    const [sample] = this.#list;
    if (sample) this.arrive(ids.map((id) => ({ ...sample, id, slug: id.split(".")[0] ?? sample.slug })));
  }

  /** As if agents had asked just now. */
  arrive(proposals: readonly Proposal[]): void {
    this.#put(proposals);
  }

  /** As if the agent's bottle had ended, or another client had decided. */
  change(id: string, change: Partial<Proposal>): void {
    this.#put([{ ...this.#open(id), ...change }]);
  }

  /** The time that a snooze waits for has come. */
  wake(ids: readonly string[]): void {
    this.#snoozed = this.#snoozed.filter(({ id }) => !ids.includes(id));
    this.#parts.publish("snoozed", this.#snoozed);
  }

  #put(changed: readonly Proposal[]): void {
    const told = new Map(changed.map((each) => [each.id, each]));
    const known = this.#list.map((each) => told.get(each.id) ?? each);
    const ids = new Set(known.map(({ id }) => id));
    this.#list = [...known, ...changed.filter(({ id }) => !ids.has(id))];
    this.#parts.publish("proposal-changes", { changed: [...changed], gone: [] });
  }

  /** As if its bottle had been removed. */
  forget(id: string): void {
    this.#list = this.#list.filter((each) => each.id !== id);
    this.#parts.publish("proposal-changes", { changed: [], gone: [id] });
  }

  #open(id: string): Proposal {
    const found = this.#list.find((each) => each.id === id);
    if (!found) throw new Refusal("not-found", `No proposal ${id}.`, "It may have been withdrawn; the inbox shows those that exist.");
    return found;
  }

  #view(id: string, edit: ProposalRequest | null, scope: ApprovalScope | null): ProposalView {
    const proposal = this.#open(id);
    const request = edit ?? proposal.request;
    const live = this.#parts.routes.table(proposal.slug);
    if (edit && edit.kind !== "capability" && edit.host.includes("*"))
      throw new Refusal("bad-input", `${edit.host} is not one host`, "Name one exact host, without a wildcard.");
    return computedView({ proposal, request, scope: scope ?? { kind: "bottle" }, live, image: this.liveImage });
  }

  async #approve(
    input: Required<MethodInput<"proposals.approve">>,
  ): Promise<{ proposal: Proposal; writeBack: { file: string; problem: null } | null }> {
    const proposal = this.#open(input.id);
    const { routes } = this.#parts;
    if (proposal.status !== "pending") throw new Refusal("decided", "This was decided already.", "The inbox shows how.");
    routes.requireRevision(proposal.slug, input.seenRevision);
    const request = input.edit ?? proposal.request;
    const { writeBack } = this.#view(input.id, input.edit, input.scope);
    if (request.kind === "capability") await this.#built(proposal);
    const { revision } = routes.change(
      proposal.slug,
      appliedTable({ proposal, request, scope: input.scope, live: routes.table(proposal.slug) }),
    );
    const decided = this.#decided(input, { verdict: "approved", appliedRevision: revision, applied: request, scope: input.scope });
    return { proposal: decided, writeBack: input.writeBack && writeBack ? { file: writeBack.file, problem: null } : null };
  }

  async #built(proposal: Proposal): Promise<void> {
    const problem = await this.build.run(proposal);
    if (problem === null) return;
    this.change(proposal.id, { failure: { at: new Date().toISOString(), message: problem } });
    throw new Refusal("build-failed", problem, "The bottle runs on as it was. Mend the Dockerfile with Edit, or reject it.");
  }

  #decided(
    { id, note, seenRevision }: { id: string; note: string; seenRevision: number },
    parts: Pick<ProposalDecision, "verdict" | "appliedRevision" | "applied" | "scope">,
  ): Proposal {
    const before = this.#open(id);
    const decision: ProposalDecision = { decidedAt: new Date().toISOString(), by: "ada", note, seenRevision, rule: null, ...parts };
    const decided: Proposal = { ...before, status: parts.verdict, decision, failure: null };
    this.#put([decided]);
    this.#parts.settled(before.slug);
    return decided;
  }

  #reject(input: MethodInput<"proposals.reject">): Proposal {
    const { status, id } = this.#open(input.id);
    if (status !== "pending" || id === this.decideElsewhere)
      throw new Refusal("decided", `${id} was decided already.`, "The inbox shows how.");
    return this.#decided(input, { verdict: "rejected", appliedRevision: null, applied: null, scope: null });
  }

  #rejectMany(items: MethodInput<"proposals.reject-many">["items"]): { rejected: string[]; failed: { id: string; problem: string }[] } {
    const rejected: string[] = [];
    const failed: { id: string; problem: string }[] = [];
    for (const item of items) {
      try {
        rejected.push(this.#reject(item).id);
      } catch (error) {
        failed.push({ id: item.id, problem: (error as Error).message });
      }
    }
    return { rejected, failed };
  }

  #snooze({ ids, until }: MethodInput<"proposals.snooze">): Record<string, never> {
    const others = this.#snoozed.filter(({ id }) => !ids.includes(id));
    this.#snoozed = until === null ? others : [...others, ...ids.map((id) => ({ id, until }))];
    this.#parts.publish("snoozed", this.#snoozed);
    return {};
  }

  #saveRules({ rules, seen }: MethodInput<"rules.save">): AutoRule[] {
    if (canonicalJson(seen) !== canonicalJson(this.#rules))
      throw new Refusal("conflict", "The rules were changed elsewhere meanwhile.", "Look at them again, then change them.");
    this.#rules = rules;
    this.#parts.publish("rules", rules);
    return rules;
  }

  readonly handlers: FakeHandlers<ProposalMethod> = {
    "proposals.list": () => this.#list,
    "proposals.view": ({ id, edit, scope }) => this.#view(id, edit, scope),
    "proposals.approve": (input) => this.#approve(input),
    "proposals.cancel": ({ id }) => {
      this.build.cancel(id);
      return {};
    },
    "proposals.reject": (input) => this.#reject(input),
    "proposals.reject-many": ({ items }) => this.#rejectMany(items),
    "proposals.snooze": (input) => this.#snooze(input),
    "proposals.snoozed": () => this.#snoozed,
    "proposals.applying": () => this.build.applying,
    "rules.list": () => this.#rules,
    "rules.save": (input) => this.#saveRules(input),
  };
}
