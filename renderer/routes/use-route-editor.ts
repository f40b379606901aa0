import { useState } from "react";
import type { Grant, RouteTable } from "#common/domain/route.ts";
import type { MethodOutput } from "#common/ipc/contract.ts";
import type { RouteEdit } from "#common/ipc/proposal-methods.ts";
import { useAction, useCall } from "../bridge/use-call.ts";
import type { RouteSuggestion } from "../egress/route-suggestion.ts";
import type { RouteRow, RowProblems } from "./route-rows.ts";
import { isTouched, liveRow, newRow, rebased, routeOf, widened } from "./route-rows.ts";
import { useRoutePreview } from "./use-route-preview.ts";

export interface ShownRow extends RouteRow {
  readonly problems: RowProblems;
  /** What is wrong with the route as a whole, as main says it. */
  readonly problem: string | null;
}

export interface RouteEditorState {
  readonly rows: readonly ShownRow[];
  readonly grants: readonly Grant[];
  readonly revoked: ReadonlySet<string>;
  readonly preview: MethodOutput<"routes.preview"> | undefined;
  readonly error: Error | null;
  /** The live routes as they were read, when they are others now. */
  readonly stale: { liveRevision: number; before: string } | null;
  readonly acknowledge: () => void;
  readonly change: (row: RouteRow) => void;
  /** Adds an empty route and answers with its key. */
  readonly add: () => string;
  readonly drop: (row: RouteRow) => void;
  readonly toggleGrant: (id: string) => void;
  readonly touched: boolean;
  readonly obstacle: string | null;
  readonly save: (note: string, onSaved: () => void) => void;
  readonly saving: boolean;
  readonly saveError: Error | null;
}

/** The rows the editor begins with: the live routes, and what it was opened for. */
function firstRows(table: RouteTable, suggestion: RouteSuggestion | null): RouteRow[] {
  const rows = table.routes.map(liveRow);
  if (suggestion === null) return rows;
  const { host, methods, pathAllowlist, allowFinding } = suggestion;
  const at = rows.findIndex((row) => row.base?.host === host);
  const known = rows[at];
  if (known) return rows.with(at, widened(known, { methods, pathAllowlist }, allowFinding));
  return [...rows, newRow(SUGGESTED, { host, methods, pathAllowlist })];
}

export const SUGGESTED = "suggested";

/** A bottle's routes under the operator's hands (SUP-6), from the table that was live when it was opened. */
export function useRouteEditor(slug: string, opened: RouteTable, suggestion: RouteSuggestion | null): RouteEditorState {
  const [rows, setRows] = useState(() => firstRows(opened, suggestion));
  const [added, setAdded] = useState(0);
  const [revoked, setRevoked] = useState<ReadonlySet<string>>(new Set());
  const [base, setBase] = useState(opened);
  const { data } = useCall("routes.get", { slug });
  const live = data?.table ?? opened;
  if (live.revision !== base.revision) {
    setBase(live);
    setRows(rebased(rows, live.routes));
  }
  const kept = rows.filter(({ removed }) => !removed);
  const results = kept.map(routeOf);
  const routes = results.flatMap((result) => (result.ok ? [result.route] : []));
  const complete = routes.length === kept.length;
  const edit: RouteEdit = { slug, routes, keptGrants: live.grants.map(({ id }) => id).filter((id) => !revoked.has(id)) };
  const { preview, error, computing, seen, stale, acknowledge, again } = useRoutePreview(complete ? edit : null);
  const set = useAction("routes.set");
  const touched = rows.some(isTouched) || live.grants.some(({ id }) => revoked.has(id));
  const problems = new Map(complete && !computing ? preview?.problems.map(({ index, problem }) => [kept[index]?.key, problem]) : []);
  const shown = rows.map((row): ShownRow => {
    const result = row.removed ? null : routeOf(row);
    return { ...row, problems: result && !result.ok ? result.problems : {}, problem: problems.get(row.key) ?? null };
  });
  const obstacle = !touched
    ? "Nothing is changed yet."
    : !complete
      ? "A route is not complete."
      : stale
        ? "The live routes changed. Read the change first."
        : computing || !preview
          ? "The effect is being computed."
          : problems.size > 0
            ? "A route cannot be one: see the reason beside it."
            : null;
  return {
    rows: shown,
    grants: live.grants,
    revoked,
    preview,
    error,
    stale,
    acknowledge,
    change: (row) => setRows(rows.map((each) => (each.key === row.key ? withoutVerdict(row) : each))),
    add: () => {
      const key = `new ${added}`;
      setAdded(added + 1);
      setRows([...rows, newRow(key)]);
      return key;
    },
    drop: (row) =>
      setRows(
        row.base
          ? rows.map((each) => (each.key === row.key ? { ...each, removed: !each.removed } : each))
          : rows.filter(({ key }) => key !== row.key),
      ),
    toggleGrant: (id) => setRevoked(revoked.has(id) ? new Set([...revoked].filter((each) => each !== id)) : new Set([...revoked, id])),
    touched,
    obstacle,
    save: (note, onSaved) => {
      if (obstacle !== null || seen === null || set.isPending) return;
      set.mutate({ ...edit, note, seenRevision: seen.liveRevision }, { onSuccess: onSaved, onError: again });
    },
    saving: set.isPending,
    saveError: set.error,
  };
}

function withoutVerdict({ key, base, egress, pipelock, websocket, removed }: RouteRow): RouteRow {
  return { key, base, egress, pipelock, websocket, removed };
}
