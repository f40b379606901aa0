import type { Haystacks, InboxFilter } from "./inbox-filter.ts";
import { matches } from "./inbox-filter.ts";
import type { InboxItem, InboxLists } from "./inbox-items.ts";
import { itemTitle } from "./item-words.ts";

export type InboxGroups = "bottle" | "kind" | "none";

/** A line of the list: a heading, or an item by its identity, which stays while what it stands for changes. */
export type InboxRow =
  | { readonly type: "heading"; readonly key: string; readonly title: string; readonly count: number; readonly section: boolean }
  | { readonly type: "item"; readonly key: string; readonly id: string };

interface Section {
  readonly name: string;
  readonly items: readonly InboxItem[];
  /** Whether it stands under a heading of its own. */
  readonly headed: boolean;
  readonly groups: InboxGroups;
}

function sectionsOf(lists: InboxLists, { status }: InboxFilter, groups: InboxGroups): Section[] {
  const waiting = { name: "Waiting for you", items: lists.waiting, headed: false, groups };
  const refused = { name: "Refused pushes", items: lists.refused, headed: true, groups: "none" } as const;
  if (status === "waiting") return [waiting, refused];
  if (status === "snoozed") return [{ name: "Snoozed", items: lists.snoozed, headed: false, groups }];
  if (status === "decided") return [{ name: "Decided", items: lists.decided, headed: false, groups }];
  return [
    waiting,
    refused,
    { name: "Snoozed", items: lists.snoozed, headed: true, groups: "none" },
    { name: "Decided", items: lists.decided, headed: true, groups: "none" },
  ];
}

function grouped({ name, items, groups }: Section): InboxRow[] {
  const row = (item: InboxItem): InboxRow => ({ type: "item", key: `${name} ${item.kind} ${item.id}`, id: item.id });
  if (groups === "none") return items.map(row);
  const byTitle = new Map<string, InboxItem[]>();
  for (const item of items) {
    const title = groups === "bottle" ? item.slug : itemTitle(item);
    const known = byTitle.get(title);
    if (known) known.push(item);
    else byTitle.set(title, [item]);
  }
  // By name, not by age: a group keeps its place whatever of it is decided first.
  const titles = [...byTitle.keys()].sort();
  return titles.flatMap((title) => {
    const members = byTitle.get(title) ?? [];
    return [{ type: "heading", key: `${name} group ${title}`, title, count: members.length, section: false } as const, ...members.map(row)];
  });
}

/** The inbox as lines: what waits first, grouped as the operator wants, then what was refused, put off and decided. */
export function inboxRows(lists: InboxLists, filter: InboxFilter, groups: InboxGroups, known?: Haystacks): InboxRow[] {
  const wanted = matches(filter, known);
  return sectionsOf(lists, filter, groups).flatMap((section) => {
    const shown = { ...section, items: section.items.filter(wanted) };
    if (!section.headed || shown.items.length === 0) return grouped(shown);
    const heading = { type: "heading", key: section.name, title: section.name, count: shown.items.length, section: true } as const;
    return [heading, ...grouped(shown)];
  });
}
