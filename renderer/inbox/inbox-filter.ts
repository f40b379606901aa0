import { requestWords } from "../proposals/words.ts";
import type { InboxItem, InboxLists } from "./inbox-items.ts";
import { itemTitle } from "./item-words.ts";

export type InboxStatus = "all" | "waiting" | "snoozed" | "decided";

/** What of the inbox is shown. */
export interface InboxFilter {
  readonly status: InboxStatus;
  /** A bottle's slug; null: all. */
  readonly slug: string | null;
  /** As `itemTitle` says it; null: all. */
  readonly kind: string | null;
  /** Words that all must be found. */
  readonly text: string;
}

export const everything: InboxFilter = { status: "all", slug: null, kind: null, text: "" };

export function isFiltered(filter: InboxFilter): boolean {
  return filter.slug !== null || filter.kind !== null || filter.text.trim() !== "";
}

/** Where the filter's words are looked for. */
function haystack(item: InboxItem): string {
  return `${item.slug} ${item.id} ${itemTitle(item)} ${askedFor(item)}`.toLowerCase();
}

function askedFor(item: InboxItem): string {
  if (item.kind === "proposal") return requestWords(item.proposal.request);
  return item.kind === "held-push" ? item.held.push.repo : item.refused.push.repo;
}

/** What is looked through, by item: made once, not with every letter that is typed. */
export type Haystacks = WeakMap<InboxItem, string>;

function haystackOf(item: InboxItem, known: Haystacks): string {
  const text = known.get(item) ?? haystack(item);
  known.set(item, text);
  return text;
}

export function matches(filter: InboxFilter, known: Haystacks = new WeakMap()): (item: InboxItem) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return (item) => {
    if (filter.slug !== null && item.slug !== filter.slug) return false;
    if (filter.kind !== null && itemTitle(item) !== filter.kind) return false;
    if (words.length === 0) return true;
    const text = haystackOf(item, known);
    return words.every((word) => text.includes(word));
  };
}

/** Every item that the lists hold, in the order they are told. */
export function allItems(lists: InboxLists): InboxItem[] {
  return [...lists.waiting, ...lists.refused, ...lists.snoozed, ...lists.decided];
}

/** The bottles and kinds there are to choose from. */
export function filterChoices(lists: InboxLists): { slugs: string[]; kinds: string[] } {
  const slugs = new Set<string>();
  const kinds = new Set<string>();
  for (const item of allItems(lists)) {
    slugs.add(item.slug);
    kinds.add(itemTitle(item));
  }
  return { slugs: [...slugs].toSorted(), kinds: [...kinds].toSorted() };
}
