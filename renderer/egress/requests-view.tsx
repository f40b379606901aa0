import { Download, Pause, Play } from "lucide-react";
import type { ReactNode } from "react";
import { useRef, useState } from "react";
import { bottleView, replaceView } from "../app/location.ts";
import { useAction } from "../bridge/use-call.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { plural } from "../ui/format.ts";
import { useHeldList } from "../ui/held-list.ts";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { Segments } from "../ui/segments.tsx";
import { useKeys } from "../ui/use-keys.ts";
import type { DecisionFilter, NumberedDecision } from "./decision-log.ts";
import { filterDecisions } from "./decision-log.ts";
import { DecisionsTable } from "./decisions-table.tsx";
import { HistoryBar } from "./history-bar.tsx";
import { leaveOnEscape } from "./leave-on-escape.ts";
import { LastRefusals } from "./refusal-list.tsx";
import { useDecisions } from "./use-egress.ts";
import { useHistorySearch } from "./use-history-search.ts";

const verdicts = [
  { value: "all", label: "All" },
  { value: "allowed", label: "Allowed" },
  { value: "refused", label: "Refused" },
] as const;

const none: NumberedDecision[] = [];

function NothingYet({ filtered }: { filtered: boolean }) {
  if (filtered)
    return <EmptyState title="Nothing matches">Change the words or the verdict to see other decisions, or search older ones.</EmptyState>;
  return (
    <EmptyState title="Nothing asked to leave yet">
      Every request of this bottle is decided at its own egress and shows here at once, with the rule that let it pass or refused it.
    </EmptyState>
  );
}

function ExportButton({ slug }: { slug: string }) {
  const write = useAction("decisions.export");
  return (
    <>
      <IconButton
        label={write.isPending ? "Exporting…" : "Export all decisions as an HTTP Archive (HAR), without secrets"}
        onClick={() => (write.isPending ? undefined : write.mutate({ slug }))}
      >
        <Download size={14} aria-hidden="true" />
      </IconButton>
      {write.data ? (
        <p role="status" className="basis-full text-sm text-dim">
          {plural(write.data.entries, "decision")} written to <span className="data break-all">{write.data.file}</span>
        </p>
      ) : null}
      {write.error ? (
        <div className="basis-full">
          <FailureNote error={write.error} />
        </div>
      ) : null}
    </>
  );
}

interface RequestsViewProps {
  /** What stands first in the bar. */
  lead: ReactNode;
  slug: string;
  text: string;
  selected: number | null;
  onSelect: (entry: NumberedDecision) => void;
}

/** Every decision of a bottle, live; and those that are older than what the window holds. */
export function RequestsView({ lead, slug, text, selected, onSelect }: RequestsViewProps) {
  const { data, error } = useDecisions(slug);
  const [verdict, setVerdict] = useState<DecisionFilter["verdict"]>("all");
  const [paused, setPaused] = useState(false);
  const [pointed, setPointed] = useState(false);
  /** By keyboard: a click leaves the list live. */
  const [walked, setWalked] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const filter = { text, verdict };
  const known = data ?? none;
  const matching = filterDecisions(known, filter);
  const { shown: live, waiting } = useHeldList(matching, paused || pointed || walked || scrolled, `${slug} ${verdict} ${text}`);
  const history = useHistorySearch(slug, filter, known[0]?.seq ?? null);
  const shown = history.found.length === 0 ? live : [...live, ...history.found];
  useKeys({ "/": () => search.current?.focus(), p: () => setPaused(!paused), o: history.go });
  const select = (seq: number) => {
    const entry = shown.find((each) => each.seq === seq) ?? known.find((each) => each.seq === seq);
    if (entry) onSelect(entry);
  };
  const showNewest = () => {
    setPaused(false);
    setWalked(false);
    grid.current?.scrollTo({ top: 0 });
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        {lead}
        <input
          ref={search}
          type="search"
          aria-label="Filter decisions"
          aria-keyshortcuts="/"
          placeholder="Filter by host, path, method, rule…"
          value={text}
          onChange={(event) => replaceView(bottleView(slug, "egress", event.target.value))}
          onKeyDown={leaveOnEscape}
          className="field min-w-40 flex-1"
        />
        <Segments label="Verdict" options={verdicts} value={verdict} onChange={setVerdict} />
        <Button
          aria-pressed={paused}
          aria-keyshortcuts="P"
          icon={paused ? <Play size={13} aria-hidden="true" /> : <Pause size={13} aria-hidden="true" />}
          onClick={() => setPaused(!paused)}
        >
          {paused ? "Resume" : "Pause"}
        </Button>
        <ExportButton slug={slug} />
      </div>
      <LastRefusals slug={slug} decisions={known} onSelect={select} />
      {error ? (
        <div className="p-4">
          <FailureNote error={error} />
        </div>
      ) : null}
      {data && shown.length === 0 ? (
        <div className="min-h-0 grow overflow-y-auto">
          <NothingYet filtered={data.length > 0} />
        </div>
      ) : null}
      {shown.length > 0 ? (
        // biome-ignore lint/a11y/noStaticElementInteractions: only keeps the list still, the grid in it takes keys and clicks
        <div
          className="flex min-h-0 grow flex-col"
          onPointerEnter={() => setPointed(true)}
          onPointerLeave={() => setPointed(false)}
          onKeyDown={() => setWalked(true)}
          onBlur={() => setWalked(false)}
        >
          <DecisionsTable decisions={shown} selected={selected} onSelect={select} onScrolled={setScrolled} scroller={grid} />
        </div>
      ) : null}
      {data ? <HistoryBar held={known.length} shown={shown.length} waiting={waiting} history={history} onNewest={showNewest} /> : null}
    </>
  );
}
