import { useRef, useState } from "react";
import type { BottleSummary } from "#common/domain/bottle.ts";
import { statusOf, statusWord } from "../bottles/grouping.ts";
import { useBottles } from "../bottles/use-bottles.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { Page } from "../ui/page.tsx";
import { Segments } from "../ui/segments.tsx";
import { Shape } from "../ui/shape.tsx";
import { useKeys } from "../ui/use-keys.ts";
import type { RouteFilter } from "./filter-routes.ts";
import { filterRoutes, isFiltering } from "./filter-routes.ts";
import { leaveOnEscape } from "./leave-on-escape.ts";
import { RouteList } from "./route-list.tsx";
import { useRoutes } from "./use-egress.ts";
import { useRouteEdit } from "./use-route-edit.ts";

const origins = [
  { value: "all", label: "All" },
  { value: "manifest", label: "Declared" },
  { value: "proposal", label: "Approved" },
  { value: "operator", label: "Operator" },
  { value: "grant", label: "For a while" },
] as const;

function RoutesOfBottle({ bottle, filter }: { bottle: BottleSummary; filter: RouteFilter }) {
  const { data, error } = useRoutes(bottle.slug);
  const edit = useRouteEdit(bottle.slug);
  const shown = data ? filterRoutes(data, bottle.slug, filter) : null;
  if (shown && isFiltering(filter) && shown.table.routes.length + shown.table.grants.length === 0) return null;
  return (
    <Card
      title={
        <span className="flex items-center gap-2.5 font-medium">
          <Shape status={statusOf(bottle)} />
          {bottle.slug}
          <span className="sr-only">{statusWord(bottle)}</span>
        </span>
      }
      aside={
        data ? (
          <>
            <span className="text-sm text-faint">
              revision <span className="data">{data.table.revision}</span>
            </span>
            <Button className="h-6.5! px-2!" aria-label={`Edit routes of ${bottle.slug}…`} onClick={() => edit(null)}>
              Edit…
            </Button>
          </>
        ) : null
      }
    >
      <div className="px-3">
        {error ? <FailureNote error={error} /> : null}
        {shown ? <RouteList slug={bottle.slug} view={shown} /> : null}
      </div>
    </Card>
  );
}

/** What every running bottle may reach, side by side. */
export function RoutesView() {
  const { bottles, known } = useBottles();
  const [filter, setFilter] = useState<RouteFilter>({ text: "", origin: "all" });
  const search = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => search.current?.focus() });
  const running = bottles.filter((bottle) => bottle.state === "running");
  return (
    <Page title="Routes">
      {known && running.length === 0 ? (
        <EmptyState title="No bottle is running">
          Routes belong to bottles. Start an agent to see what it may reach; what each manifest declares shows before the start.
        </EmptyState>
      ) : null}
      {running.length > 0 ? (
        <div className="sticky top-0 z-10 flex flex-wrap items-center gap-2 border-b border-line bg-ground px-4 py-2">
          <input
            ref={search}
            type="search"
            aria-label="Filter routes"
            aria-keyshortcuts="/"
            placeholder="Filter by host, path, credential, bottle…"
            value={filter.text}
            onChange={(event) => setFilter({ ...filter, text: event.target.value })}
            onKeyDown={leaveOnEscape}
            className="field w-64 min-w-0"
          />
          <Segments
            label="Where they come from"
            options={origins}
            value={filter.origin}
            onChange={(origin) => setFilter({ ...filter, origin })}
          />
        </div>
      ) : null}
      <div className="grid grid-cols-[repeat(auto-fill,minmax(22rem,1fr))] items-start gap-3.5 p-4">
        {running.map((bottle) => (
          <RoutesOfBottle key={bottle.slug} bottle={bottle} filter={filter} />
        ))}
      </div>
      {isFiltering(filter) ? <p className="px-4 pb-4 text-sm text-faint">Bottles without a route that matches are left out.</p> : null}
    </Page>
  );
}
