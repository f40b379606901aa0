import { Tabs } from "@base-ui/react/tabs";
import { useState } from "react";
import type { BottleSummary } from "#common/domain/bottle.ts";
import type { BottleTab, View } from "../app/location.ts";
import { bottleTabs, bottleView, go } from "../app/location.ts";
import type { NumberedDecision } from "../egress/decision-log.ts";
import { EgressTab } from "../egress/egress-tab.tsx";
import { GitTab } from "../git/git-tab.tsx";
import { BottleProposals } from "../inbox/bottle-proposals.tsx";
import { setPreference, usePreferences } from "../settings/preferences.ts";
import { TerminalPanel } from "../terminal/terminal-panel.tsx";
import { formatCount } from "../ui/format.ts";
import { EmptyState } from "../ui/notes.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { useWideWindow } from "../ui/use-wide-window.ts";
import { ChangesTab, NoWorkspace } from "../workspace/changes-tab.tsx";
import { BottleHeader } from "./bottle-header.tsx";
import { EndedNote } from "./ended-note.tsx";
import { InfoTab } from "./info-tab.tsx";
import { Inspector } from "./inspector.tsx";
import { StartProgress, StepList } from "./start-progress.tsx";
import { useBottle, useBottles } from "./use-bottles.ts";

const tabWords: Record<BottleTab, string> = {
  terminal: "Terminal",
  egress: "Egress",
  proposals: "Proposals",
  git: "Git",
  changes: "Changes",
  info: "Info",
};

function tabCount(bottle: BottleSummary, tab: BottleTab): number {
  if (tab === "egress") return bottle.allowed + bottle.refused;
  return tab === "proposals" ? bottle.pending : 0;
}

function TabName({ bottle, tab }: { bottle: BottleSummary; tab: BottleTab }) {
  const count = tabCount(bottle, tab);
  return (
    <Tabs.Tab
      value={tab}
      className="flex h-9 items-center gap-1.5 border-b-2 border-transparent px-3 text-dim select-none hover:text-text focus-visible:outline-offset-[-3px] data-active:border-accent data-active:text-text"
    >
      {tabWords[tab]}
      {count > 0 ? <span className="data text-sm text-faint">{formatCount(count)}</span> : null}
    </Tabs.Tab>
  );
}

function focusSelectedTab(): void {
  document.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus();
}

function TerminalOrReason({ bottle }: { bottle: BottleSummary }) {
  if (bottle.state === "running" || bottle.state === "exited")
    return <TerminalPanel key={bottle.slug} slug={bottle.slug} onLeave={focusSelectedTab} />;
  return <EmptyState title="No terminal">Its session ended with the bottle. Decisions, proposals and the audit log are kept.</EmptyState>;
}

interface TabbedProps {
  bottle: BottleSummary;
  view: Extract<View, { name: "bottle" }>;
  selected: NumberedDecision | null;
  onSelect: (entry: NumberedDecision) => void;
}

function Tabbed({ bottle, view, selected, onSelect }: TabbedProps) {
  const panel = "flex min-h-0 grow flex-col outline-none data-hidden:hidden";
  return (
    <Tabs.Root value={view.tab} onValueChange={(tab: BottleTab) => go(bottleView(bottle.slug, tab))} className="flex min-h-0 grow flex-col">
      <Tabs.List aria-label={`${bottle.slug}: views`} className="flex shrink-0 border-b border-line px-3">
        {bottleTabs.map((tab) => (
          <TabName key={tab} bottle={bottle} tab={tab} />
        ))}
      </Tabs.List>
      {bottle.state !== "running" ? <EndedNote bottle={bottle} /> : null}
      <Tabs.Panel value="terminal" keepMounted className={panel}>
        <TerminalOrReason bottle={bottle} />
      </Tabs.Panel>
      <Tabs.Panel value="egress" className={panel}>
        <EgressTab slug={bottle.slug} text={view.filter} selected={selected?.seq ?? null} onSelect={onSelect} />
      </Tabs.Panel>
      <Tabs.Panel value="proposals" className={panel}>
        <BottleProposals slug={bottle.slug} />
      </Tabs.Panel>
      <Tabs.Panel value="git" className={panel}>
        <GitTab slug={bottle.slug} />
      </Tabs.Panel>
      <Tabs.Panel value="changes" className={panel}>
        {bottle.workspace === null ? <NoWorkspace /> : <ChangesTab slug={bottle.slug} />}
      </Tabs.Panel>
      <Tabs.Panel value="info" className={panel}>
        <InfoTab bottle={bottle} />
      </Tabs.Panel>
    </Tabs.Root>
  );
}

/** Nothing of it exists, so there is nothing to show but how far it came. */
function FailedStart({ bottle }: { bottle: BottleSummary }) {
  return (
    <>
      <EndedNote bottle={bottle} />
      <div className="mx-auto w-full max-w-lg overflow-y-auto px-6 py-8">
        <StepList steps={bottle.steps} />
      </div>
    </>
  );
}

function MainArea(props: TabbedProps) {
  const { bottle } = props;
  if (bottle.state === "starting") return <StartProgress bottle={bottle} />;
  return neverRan(bottle) ? <FailedStart bottle={bottle} /> : <Tabbed {...props} />;
}

function neverRan(bottle: BottleSummary): boolean {
  return bottle.state === "starting" || (bottle.state === "error" && bottle.steps.length > 0);
}

function useInspectorShown(): { shown: boolean; toggle: () => void; show: () => void } {
  const { inspector } = usePreferences();
  const wide = useWideWindow();
  const shown = inspector ?? wide;
  return { shown, toggle: () => setPreference("inspector", !shown), show: () => setPreference("inspector", true) };
}

function OneBottle({ bottle, view }: { bottle: BottleSummary; view: Extract<View, { name: "bottle" }> }) {
  const [selected, setSelected] = useState<NumberedDecision | null>(null);
  const inspector = useInspectorShown();
  useKeys({ i: inspector.toggle });
  const select = (entry: NumberedDecision) => {
    setSelected(entry);
    inspector.show();
  };
  return (
    <>
      <main className="flex min-h-0 min-w-0 flex-col [grid-area:main]">
        <BottleHeader bottle={bottle} inspector={inspector.shown} onInspector={inspector.toggle} />
        <MainArea bottle={bottle} view={view} selected={selected} onSelect={select} />
      </main>
      {inspector.shown && !neverRan(bottle) ? (
        <Inspector slug={bottle.slug} selected={selected} onUnselect={() => setSelected(null)} />
      ) : null}
    </>
  );
}

/** Everything about one bottle. */
export function BottleView({ view }: { view: Extract<View, { name: "bottle" }> }) {
  const bottle = useBottle(view.slug);
  const { known } = useBottles();
  if (bottle) return <OneBottle key={bottle.slug} bottle={bottle} view={view} />;
  return (
    <main className="[grid-area:main]">
      {known ? (
        <EmptyState main title={`No bottle ${view.slug}`}>
          It was removed, or it belongs to another engine. Those that exist are on the left.
        </EmptyState>
      ) : null}
    </main>
  );
}
