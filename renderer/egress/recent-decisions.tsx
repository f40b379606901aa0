import { useState } from "react";
import { bottleView, hrefOf } from "../app/location.ts";
import { Button } from "../ui/button.tsx";
import { formatClock } from "../ui/format.ts";
import { useHeldList } from "../ui/held-list.ts";
import { visibleString } from "../ui/visible-text.ts";
import type { NumberedDecision } from "./decision-log.ts";
import { suggestRoute } from "./route-suggestion.ts";
import { refusalWords } from "./rule-text.ts";
import { useRouteEdit } from "./use-route-edit.ts";
import { VerdictSign } from "./verdict.tsx";

const SHOWN = 8;
const SHOWN_PATH = 200;

function RecentRow({ slug, entry: { decision } }: { slug: string; entry: NumberedDecision }) {
  const edit = useRouteEdit(slug);
  const refused = decision.verdict !== "allowed";
  const suggestion = decision.verdict === "refused" ? suggestRoute(decision) : null;
  const host = visibleString(decision.host);
  return (
    <li className={`flex items-start border-l-2 ${refused ? "border-bad bg-bad-ground" : "border-transparent"}`}>
      <a href={hrefOf(bottleView(slug, "egress", decision.host))} className="flex min-w-0 grow gap-2 px-2 py-1 hover:bg-selected">
        <span className="data shrink-0 text-sm text-faint">{formatClock(decision.time)}</span>
        <span className="flex h-4.5 items-center">
          <VerdictSign verdict={decision.verdict} />
        </span>
        <span className="data min-w-0 grow text-sm">
          <span className="block truncate">
            {visibleString(decision.method)} {host}
          </span>
          <span className="flex gap-1.5 text-faint">
            <span className="truncate">{visibleString(decision.path.slice(0, SHOWN_PATH))}</span>
            {refused ? <span className="ml-auto shrink-0 text-bad">{refusalWords(decision)}</span> : null}
          </span>
        </span>
        {suggestion === null ? <span className="data shrink-0 text-sm text-dim">{decision.status ?? "–"}</span> : null}
      </a>
      {suggestion === null ? null : (
        <Button
          className="m-1 h-5.5! px-1.5! text-sm"
          aria-label={
            suggestion.allowFinding === null ? `Propose a route from this to ${host}…` : `Let ${suggestion.allowFinding} pass on ${host}…`
          }
          onClick={() => edit(suggestion)}
        >
          {suggestion.allowFinding === null ? "Propose…" : "Triage…"}
        </Button>
      )}
    </li>
  );
}

/** The last decisions beside the terminal. They stand still while the pointer or the focus is on them. */
export function RecentDecisions({ slug, decisions }: { slug: string; decisions: readonly NumberedDecision[] }) {
  const [hold, setHold] = useState(false);
  const latest = decisions.slice(-SHOWN).toReversed();
  const { shown, waiting } = useHeldList(latest, hold, slug);
  if (shown.length === 0)
    return <p className="px-2 py-1 text-sm text-faint">Nothing asked to leave yet. Every request shows here as it is decided.</p>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps the list still, everything in it is a link
    <div
      onPointerEnter={() => setHold(true)}
      onPointerLeave={() => setHold(false)}
      onFocus={() => setHold(true)}
      onBlur={() => setHold(false)}
    >
      <ul>
        {shown.map((entry) => (
          <RecentRow key={entry.seq} slug={slug} entry={entry} />
        ))}
      </ul>
      <p className="h-5 px-2 text-sm text-faint">{waiting > 0 ? `${waiting} newer, shown when you move away` : ""}</p>
    </div>
  );
}
