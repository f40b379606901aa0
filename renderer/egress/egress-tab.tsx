import { useState } from "react";
import { Segments } from "../ui/segments.tsx";
import type { NumberedDecision } from "./decision-log.ts";
import { HostsTable } from "./hosts-table.tsx";
import { RequestsView } from "./requests-view.tsx";
import { WhatIfPanel } from "./what-if-panel.tsx";

const parts = [
  { value: "requests", label: "Requests" },
  { value: "hosts", label: "Hosts" },
  { value: "what-if", label: "What if" },
] as const;

type Part = (typeof parts)[number]["value"];

interface EgressTabProps {
  slug: string;
  text: string;
  selected: number | null;
  onSelect: (entry: NumberedDecision) => void;
}

/** What asked to leave a bottle: request by request, host by host, and under a route that is only supposed. */
export function EgressTab({ slug, text, selected, onSelect }: EgressTabProps) {
  const [shown, setShown] = useState<{ part: Part; text: string }>({ part: "requests", text });
  // A number that was clicked leads to the requests it counts.
  const part = shown.text === text ? shown.part : "requests";
  const lead = <Segments label="View of egress" options={parts} value={part} onChange={(next) => setShown({ part: next, text })} />;
  if (part === "requests")
    return (
      <div className="flex min-h-0 grow flex-col">
        <RequestsView lead={lead} slug={slug} text={text} selected={selected} onSelect={onSelect} />
      </div>
    );
  return (
    <div className="flex min-h-0 grow flex-col">
      <div className="flex items-center gap-2 border-b border-line px-4 py-2">{lead}</div>
      {part === "hosts" ? <HostsTable slug={slug} onHost={() => setShown({ part: "requests", text })} /> : <WhatIfPanel slug={slug} />}
    </div>
  );
}
