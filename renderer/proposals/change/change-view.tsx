import type { ReactNode } from "react";
import { lazy, Suspense, useMemo, useState } from "react";
import { setPreference, usePreferences } from "../../settings/preferences.ts";
import { Card } from "../../ui/card.tsx";
import { plural } from "../../ui/format.ts";
import { Segments } from "../../ui/segments.tsx";
import { diffCounts, diffOf } from "../diff.ts";
import type { ChangeLanguage } from "./change-editor.ts";

const ChangePane = lazy(() => import("./change-pane.tsx"));

const layouts = [
  { value: "unified", label: "Unified" },
  { value: "split", label: "Side by side" },
] as const;

function useSize(before: string, after: string): { added: number; removed: number } {
  return useMemo(() => diffCounts(diffOf(before, after)), [before, after]);
}

interface ChangeProps {
  before: string;
  after: string;
  language: ChangeLanguage;
  /** What it is the change of, e.g. "Change of the routes". */
  label: string;
  whole?: boolean;
}

/** Two texts as what changed between them; nothing in them can hide. */
export function ChangeView({ before, after, language, label, whole = false }: ChangeProps) {
  const { changeLayout } = usePreferences();
  const { added, removed } = useSize(before, after);
  if (added + removed === 0) return <p className="px-3 py-2 text-dim">Nothing changes: this is so already.</p>;
  const told = `${label}: ${plural(added, "line")} added, ${removed} removed`;
  return (
    <Suspense fallback={<div aria-busy="true" className="h-24" />}>
      <ChangePane before={before} after={after} language={language} layout={changeLayout} whole={whole} label={told} />
    </Suspense>
  );
}

function ChangeSize({ before, after }: { before: string; after: string }) {
  const { added, removed } = useSize(before, after);
  return (
    <span className="data text-sm" aria-hidden="true">
      <span className="text-ok">+{added}</span> <span className="text-bad">−{removed}</span>
    </span>
  );
}

/** A change under its title, with how it is laid out. */
export function ChangeCard({ title, above, ...change }: ChangeProps & { title: ReactNode; above?: ReactNode }) {
  const { changeLayout } = usePreferences();
  const [whole, setWhole] = useState(false);
  return (
    <Card
      title={
        <>
          {title} <ChangeSize before={change.before} after={change.after} />
        </>
      }
      aside={
        <>
          <label className="flex items-center gap-1.5 text-sm text-dim">
            <input type="checkbox" checked={whole} onChange={(event) => setWhole(event.target.checked)} className="accent-accent" />
            all lines
          </label>
          <Segments
            label="Layout of the change"
            options={layouts}
            value={changeLayout}
            onChange={(layout) => setPreference("changeLayout", layout)}
          />
        </>
      }
    >
      {above}
      <ChangeView {...change} whole={whole} />
    </Card>
  );
}
