import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { LinkPool } from "../sidecars/link-pool.ts";
import type { ProposalStore } from "./proposal-store.ts";

export interface BookDeps {
  readonly links: LinkPool;
  readonly store: ProposalStore;
}

const NO_TABLE: RouteTable = { revision: 0, routes: [], grants: [] };

/** All proposals there are: those of live bundles as the bundles tell them, those of ended ones as they were kept. */
export class ProposalBook {
  readonly #deps: BookDeps;

  constructor(deps: BookDeps) {
    this.#deps = deps;
  }

  /** What waits comes before what is decided; newest first. */
  async list(): Promise<Proposal[]> {
    const live = this.live();
    const held = new Set(live.map(({ id }) => id));
    const kept = (await this.#deps.store.loadAll()).filter(({ id }) => !held.has(id));
    return [...live, ...kept].sort(byUrgency);
  }

  live(): Proposal[] {
    return this.#deps.links.all().flatMap(({ view }) => view?.proposals ?? []);
  }

  /** The proposal with this id, or the only one whose id begins so. */
  async find(id: string): Promise<Proposal> {
    const exact = await this.#exactly(id);
    if (exact !== undefined) return exact;
    const matching = (await this.list()).filter((proposal) => proposal.id.startsWith(id));
    if (matching.length === 1 && matching[0] !== undefined) return matching[0];
    throw new OperatorError("not-found", {
      message: matching.length === 0 ? `There is no proposal ${id}` : `${id} could be ${someOf(matching)}`,
      hint: "See them with `bot-bottle proposals list`",
    });
  }

  /** The routes as they are now, as far as they are known here. */
  table(slug: Slug): RouteTable {
    return this.#deps.links.peek(slug)?.view?.table ?? NO_TABLE;
  }

  /** Why a proposal cannot be decided now; null where it can. */
  blocked(proposal: Proposal): string | null {
    if (proposal.status !== "pending") return `It is ${proposal.status} already.`;
    const link = this.#deps.links.peek(proposal.slug);
    if (link === null || link.view === null) return `The sidecars of ${proposal.slug} are not connected.`;
    return link.state === "connected" ? null : `The connection to the sidecars of ${proposal.slug} is lost; connecting again.`;
  }

  /** An id begins with its bottle's slug, which saves looking through all. */
  async #exactly(id: string): Promise<Proposal | undefined> {
    const slug = id.slice(0, Math.max(0, id.lastIndexOf(".")));
    const live = this.#deps.links.peek(slug)?.view?.proposals.find((proposal) => proposal.id === id);
    return live ?? (await this.#deps.store.load(slug)).find((proposal) => proposal.id === id);
  }
}

function someOf(matching: readonly Proposal[]): string {
  const shown = matching.slice(0, 5).map(({ id }) => id);
  return matching.length > shown.length ? `${shown.join(", ")} and ${matching.length - shown.length} more` : shown.join(", ");
}

function byUrgency(a: Proposal, b: Proposal): number {
  const waiting = Number(b.status === "pending") - Number(a.status === "pending");
  return waiting !== 0 ? waiting : a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0;
}
