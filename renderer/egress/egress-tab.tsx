import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { bottleView, replaceView } from "../app/location.ts";
import { Age } from "../ui/age.tsx";
import { Button } from "../ui/button.tsx";
import { formatCount, plural } from "../ui/format.ts";
import { useHeldList } from "../ui/held-list.ts";
import { InertText } from "../ui/inert-text.tsx";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { Segments } from "../ui/segments.tsx";
import type { DecisionFilter, NumberedDecision } from "./decision-log.ts";
import { filterDecisions } from "./decision-log.ts";
import { DecisionsTable } from "./decisions-table.tsx";
import { useDecisions } from "./use-egress.ts";
import { VerdictSign } from "./verdict.tsx";

const verdicts = [
  { value: "all", label: "All" },
  { value: "allowed", label: "Allowed" },
  { value: "refused", label: "Refused" },
] as const;

const none: NumberedDecision[] = [];

interface EgressTabProps {
  slug: string;
  text: string;
  selected: number | null;
  onSelect: (seq: number) => void;
}

function NothingYet({ filtered }: { filtered: boolean }) {
  if (filtered) return <EmptyState title="Nothing matches">Change the words or the verdict to see other decisions.</EmptyState>;
  return (
    <EmptyState title="Nothing asked to leave yet">
      Every request of this bottle is decided at its own egress and shows here at once, with the rule that let it pass or refused it.
    </EmptyState>
  );
}

/** The refusal the agent met last, whatever the filter hides. */
function LastRefusal({ decisions, onSelect }: { decisions: readonly NumberedDecision[]; onSelect: (seq: number) => void }) {
  const last = decisions.findLast((entry) => entry.decision.verdict === "refused");
  if (!last) return null;
  return (
    <button
      type="button"
      onClick={() => onSelect(last.seq)}
      className="flex items-center gap-2 border-b border-line px-4 py-1 text-left text-sm hover:bg-raised focus-visible:outline-offset-[-2px]"
    >
      <VerdictSign verdict="refused" />
      <span className="min-w-0 truncate">
        Last refused: <InertText text={last.decision.reason} />
      </span>
      <span className="ml-auto shrink-0 text-faint">
        <Age since={last.decision.time} /> ago
      </span>
    </button>
  );
}

/** Every decision of a bottle, live. */
export function EgressTab({ slug, text, selected, onSelect }: EgressTabProps) {
  const { data, error } = useDecisions(slug);
  const [verdict, setVerdict] = useState<DecisionFilter["verdict"]>("all");
  const [paused, setPaused] = useState(false);
  const [pointed, setPointed] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const matching = filterDecisions(data ?? none, { text, verdict });
  const { shown, waiting } = useHeldList(matching, paused || pointed || scrolled, `${slug} ${verdict} ${text}`);
  return (
    <div className="flex min-h-0 grow flex-col">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <input
          type="search"
          aria-label="Filter decisions"
          placeholder="Filter by host, path, method, rule…"
          value={text}
          onChange={(event) => replaceView(bottleView(slug, "egress", event.target.value))}
          className="field w-64 min-w-0"
        />
        <Segments label="Verdict" options={verdicts} value={verdict} onChange={setVerdict} />
        <Button
          aria-pressed={paused}
          icon={paused ? <Play size={13} aria-hidden="true" /> : <Pause size={13} aria-hidden="true" />}
          onClick={() => setPaused(!paused)}
        >
          {paused ? "Resume" : "Pause"}
        </Button>
        <span className="ml-auto text-sm text-faint">
          {waiting > 0 ? <span className="text-accent">{plural(waiting, "newer decision")} held · </span> : null}
          <span className="data">{formatCount(shown.length)}</span> shown
        </span>
      </div>
      <LastRefusal decisions={data ?? none} onSelect={onSelect} />
      {error ? (
        <div className="p-4">
          <FailureNote error={error} />
        </div>
      ) : null}
      {data && shown.length === 0 ? <NothingYet filtered={data.length > 0} /> : null}
      {shown.length > 0 ? (
        <div className="flex min-h-0 grow flex-col" onPointerEnter={() => setPointed(true)} onPointerLeave={() => setPointed(false)}>
          <DecisionsTable decisions={shown} selected={selected} onSelect={onSelect} onScrolled={setScrolled} />
        </div>
      ) : null}
    </div>
  );
}
