import type { Slug } from "#common/domain/names.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { BundleEvent, NumberedEvent } from "#common/wire/control.ts";

/** A bundle that was taken over speaks for its own bottle and for no other: not by a proposal's slug, nor by an id. */
export function isOwnProposal(slug: Slug, proposal: Pick<Proposal, "slug" | "id">): boolean {
  return proposal.slug === slug && isOwnId(slug, proposal.id);
}

/** What a bundle tells of its own bottle, of all that it tells. */
export function ownEvents(slug: Slug, events: readonly NumberedEvent[]): readonly NumberedEvent[] {
  return events.every(({ event }) => isOwnEvent(slug, event)) ? events : events.filter(({ event }) => isOwnEvent(slug, event));
}

function isOwnEvent(slug: Slug, event: BundleEvent): boolean {
  switch (event.type) {
    case "proposal-filed":
      return isOwnProposal(slug, event.proposal);
    case "proposal-decided":
    case "proposal-failed":
      return isOwnId(slug, event.proposalId);
    default:
      return true;
  }
}

function isOwnId(slug: Slug, id: string): boolean {
  return id.startsWith(`${slug}.`) && !id.slice(slug.length + 1).includes(".");
}
