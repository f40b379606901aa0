import { useState } from "react";
import type { Grant, Route } from "#common/domain/route.ts";
import { bottleView, hrefOf } from "../app/location.ts";
import { Button } from "../ui/button.tsx";
import { formatBytes, formatCount, formatDuration, plural } from "../ui/format.ts";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { visibleString } from "../ui/visible-text.ts";
import { GrantLeft } from "./grant-left.tsx";
import type { HostRow } from "./host-rows.ts";
import { hostRows } from "./host-rows.ts";
import { Lineage } from "./lineage.tsx";
import { AuthTag } from "./route-list.tsx";
import { looseWords, reachWords } from "./route-words.ts";
import { Sparkline } from "./sparkline.tsx";
import { useComputed, useRoutes } from "./use-egress.ts";
import { useRouteEdit } from "./use-route-edit.ts";

const MINUTES = 60;
const SHOWN = 100;
const none = Array<number>(MINUTES).fill(0);
const cell = "px-2 pt-1.5 text-right whitespace-nowrap";

function About({ slug, route, grants }: { slug: string; route: Route | null; grants: readonly Grant[] }) {
  const loose = route === null ? [] : looseWords(route);
  return (
    <div className="flex flex-col gap-0.5 text-sm text-faint">
      {route === null ? null : (
        <span className="flex items-center gap-1.5">
          <AuthTag route={route} />
          <span className="truncate" title={route.pathAllowlist.join("\n")}>
            {reachWords(route)} · <Lineage slug={slug} route={route} />
          </span>
        </span>
      )}
      {loose.length > 0 ? <span className="text-warn">{loose.join(", ")}</span> : null}
      {grants.map((grant) => (
        <span key={grant.id} className="flex items-center gap-1.5">
          <GrantLeft grant={grant} />
          <span className="truncate">
            {reachWords(grant.route)} · <Lineage slug={slug} route={grant.route} />
          </span>
        </span>
      ))}
      {route === null && grants.length === 0 ? "no route" : null}
    </div>
  );
}

interface RowProps {
  slug: string;
  row: HostRow;
  onHost: () => void;
}

function Row({ slug, row, onHost }: RowProps) {
  const edit = useRouteEdit(slug);
  const { host, route, grants, count, series } = row;
  const shownHost = visibleString(host);
  return (
    <tbody className="border-b border-line/60 hover:bg-raised">
      <tr>
        <th scope="row" className="max-w-0 px-4 pt-1.5 text-left font-normal">
          <a
            href={hrefOf(bottleView(slug, "egress", host))}
            onClick={onHost}
            className="data block truncate underline-offset-2 hover:underline"
            title={`Requests to ${shownHost}`}
          >
            {shownHost}
          </a>
        </th>
        <td className="px-2 pt-1.5">
          <Sparkline allowed={series?.allowed ?? none} refused={series?.refused ?? none} />
        </td>
        <td className={`data ${cell}`}>{formatCount(count?.allowed ?? 0)}</td>
        <td className={`data ${cell} ${count?.refused ? "text-bad" : "text-faint"}`}>{formatCount(count?.refused ?? 0)}</td>
        <td className={`data ${cell} text-dim`}>
          {formatBytes(count?.bytesUp ?? 0)} / {formatBytes(count?.bytesDown ?? 0)}
        </td>
        <td className={`data ${cell} pr-4! text-dim`}>
          {series?.medianMs == null ? "–" : `${formatDuration(series.medianMs)} / ${formatDuration(series.p95Ms ?? 0)}`}
        </td>
      </tr>
      <tr>
        <td colSpan={5} className="max-w-0 px-4 pb-1.5">
          <About slug={slug} route={route} grants={grants} />
        </td>
        <td className="pr-4 pb-1.5 text-right align-bottom">
          <Button
            className="h-6! px-2!"
            aria-label={route === null ? `Propose a route for ${shownHost}…` : `Edit the route of ${shownHost}…`}
            onClick={() => edit({ host, methods: route?.methods ?? null, pathAllowlist: route?.pathAllowlist ?? [], allowFinding: null })}
          >
            {route === null ? "Propose…" : "Edit…"}
          </Button>
        </td>
      </tr>
    </tbody>
  );
}

const headings = ["Allowed", "Refused", "Up / down", "Median / p95"];

/** Every host this bottle may reach or has asked for: routes with their lineage, and what went through each. */
export function HostsTable({ slug, onHost }: { slug: string; onHost: () => void }) {
  const routes = useRoutes(slug);
  const series = useComputed("traffic.series", { slug, minutes: MINUTES });
  const [limit, setLimit] = useState(SHOWN);
  if (routes.error) return <FailureNote error={routes.error} />;
  if (!routes.data) return null;
  const rows = hostRows(routes.data, series.data?.hosts ?? []);
  if (rows.length === 0)
    return (
      <EmptyState title="No routes and no requests">
        Nothing leaves this bottle. The agent can ask for a route, or you can add one.
      </EmptyState>
    );
  return (
    <div className="min-h-0 grow overflow-auto">
      <table className="w-full min-w-170 table-auto">
        <caption className="sr-only">Hosts of {slug} with their routes and traffic</caption>
        <thead className="heading sticky top-0 z-10 h-7 bg-panel shadow-[inset_0_-1px_0_var(--line)]">
          <tr>
            <th scope="col" className="w-full px-4 text-left">
              Host and route
            </th>
            <th scope="col" className="px-2 text-left whitespace-nowrap">
              Last hour
            </th>
            {headings.map((heading) => (
              <th key={heading} scope="col" className="px-2 text-right whitespace-nowrap last:pr-4">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        {rows.slice(0, limit).map((row) => (
          <Row key={row.host} slug={slug} row={row} onHost={onHost} />
        ))}
      </table>
      {rows.length > limit ? (
        <div className="p-3 text-center">
          <Button onClick={() => setLimit(limit + SHOWN)}>{plural(rows.length - limit, "more host")}</Button>
        </div>
      ) : null}
    </div>
  );
}
