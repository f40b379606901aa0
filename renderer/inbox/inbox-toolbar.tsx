import { Search } from "lucide-react";
import type { RefObject } from "react";
import { setPreference, usePreferences } from "../settings/preferences.ts";
import { Kbd } from "../ui/kbd.tsx";
import { Segments } from "../ui/segments.tsx";
import type { InboxFilter } from "./inbox-filter.ts";
import { everything } from "./inbox-filter.ts";
import type { InboxGroups } from "./inbox-rows.ts";

const statuses = [
  { value: "all", label: "All" },
  { value: "waiting", label: "Waiting" },
  { value: "snoozed", label: "Snoozed" },
  { value: "decided", label: "Decided" },
] as const;

const groupings: { value: InboxGroups; label: string }[] = [
  { value: "bottle", label: "by bottle" },
  { value: "kind", label: "by kind" },
  { value: "none", label: "ungrouped" },
];

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="field h-6.5 min-w-0 flex-1 px-1 text-sm text-dim"
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function any(label: string, names: readonly string[]): { value: string; label: string }[] {
  return [{ value: "", label }, ...names.map((name) => ({ value: name, label: name }))];
}

interface InboxToolbarProps {
  filter: InboxFilter;
  choices: { slugs: readonly string[]; kinds: readonly string[] };
  search: RefObject<HTMLInputElement | null>;
  onFilter: (filter: InboxFilter) => void;
  /** Escape in the search field: back to the list. */
  onLeave: () => void;
}

/** What of the inbox is shown, and under which headings. */
export function InboxToolbar({ filter, choices, search, onFilter, onLeave }: InboxToolbarProps) {
  const { inboxGroups } = usePreferences();
  const leave = () => {
    if (filter.text !== "") onFilter({ ...filter, text: "" });
    else onLeave();
  };
  return (
    <search aria-label="Filter the inbox" className="flex flex-col gap-1.5 border-b border-line p-2">
      <label className="flex h-7 items-center gap-2 rounded-md border border-edge bg-ground px-2 focus-within:border-accent">
        <Search size={13} aria-hidden="true" className="shrink-0 text-faint" />
        <input
          ref={search}
          type="search"
          aria-label="Filter by words"
          placeholder="Host, bottle, kind…"
          value={filter.text}
          onChange={(event) => onFilter({ ...filter, text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === "Escape") leave();
            else if (event.key === "Enter") onLeave();
          }}
          className="min-w-0 grow bg-transparent outline-none"
        />
        <Kbd>/</Kbd>
      </label>
      <Segments dense label="Status" options={statuses} value={filter.status} onChange={(status) => onFilter({ ...filter, status })} />
      <div className="flex gap-1.5">
        <Choice
          label="Bottle"
          value={filter.slug ?? ""}
          options={any("all bottles", choices.slugs)}
          onChange={(slug) => onFilter({ ...filter, slug: slug || null })}
        />
        <Choice
          label="Kind"
          value={filter.kind ?? ""}
          options={any("all kinds", choices.kinds)}
          onChange={(kind) => onFilter({ ...filter, kind: kind || null })}
        />
        <Choice
          label="Group by"
          value={inboxGroups}
          options={groupings}
          onChange={(groups) => setPreference("inboxGroups", groups as InboxGroups)}
        />
      </div>
    </search>
  );
}

/** Offered where a filter hides everything. */
export function NothingMatches({ onFilter }: { onFilter: (filter: InboxFilter) => void }) {
  return (
    <div className="px-4 py-3 text-sm text-faint">
      <p>Nothing matches.</p>
      <button type="button" className="text-dim underline underline-offset-2 hover:text-text" onClick={() => onFilter(everything)}>
        Show everything
      </button>
    </div>
  );
}
