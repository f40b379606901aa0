import { useState } from "react";
import type { Grant, RouteTable } from "#common/domain/route.ts";
import type { MethodOutput } from "#common/ipc/contract.ts";
import type { RouteEdit } from "#common/ipc/proposal-methods.ts";
import { useAction, useCall } from "../bridge/use-call.ts";
import { useRecomputed } from "../bridge/use-recomputed.ts";
import { useSeenState } from "../bridge/use-seen-state.ts";
import type { RouteSuggestion } from "../egress/route-suggestion.ts";
import type { RouteRow, RowProblems } from "./route-rows.ts";
import { isTouched, liveRow, newRow, rebased, routeOf, widened } from "./route-rows.ts";

export interface ShownRow {
  readonly row: RouteRow;
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

interface Standing {
  touched: boolean;
  complete: boolean;
  stale: boolean;
  computing: boolean;
  problems: number;
}

function obstacleTo({ touched, complete, stale, computing, problems }: Standing): string | null {
  if (!touched) return "Nothing is changed yet.";
  if (!complete) return "A route is not complete.";
  if (stale) return "The live routes changed. Read the change first.";
  if (computing) return "The effect is being computed.";
  return problems > 0 ? "A route cannot be one: see the reason beside it." : null;
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return new Set([...ids].filter((each) => each !== id));
}

interface Rows {
  readonly rows: readonly RouteRow[];
  readonly live: RouteTable;
  readonly change: (row: RouteRow) => void;
  readonly add: () => string;
  readonly drop: (row: RouteRow) => void;
}

/** The rows under the operator's hands, which follow the live routes where they were not touched. */
function useRows(slug: string, opened: RouteTable, suggestion: RouteSuggestion | null): Rows {
  const [rows, setRows] = useState(() => firstRows(opened, suggestion));
  const [added, setAdded] = useState(0);
  const [base, setBase] = useState(opened);
  const { data } = useCall("routes.get", { slug });
  const live = data?.table ?? opened;
  if (live.revision !== base.revision) {
    setBase(live);
    setRows(rebased(rows, live.routes));
  }
  const change = (row: RouteRow) => setRows(rows.map((each) => (each.key === row.key ? row : each)));
  return {
    rows,
    live,
    change,
    add: () => {
      const key = `new ${added}`;
      setAdded(added + 1);
      setRows([...rows, newRow(key)]);
      return key;
    },
    drop: (row) => (row.base ? change({ ...row, removed: !row.removed }) : setRows(rows.filter(({ key }) => key !== row.key))),
  };
}

/** Every row with what is wrong with it; `verdicts` are main's, by the row's key. */
function withProblems(rows: readonly RouteRow[], verdicts: ReadonlyMap<string, string>): ShownRow[] {
  return rows.map((row) => {
    const result = row.removed ? null : routeOf(row);
    return { row, problems: result && !result.ok ? result.problems : {}, problem: verdicts.get(row.key) ?? null };
  });
}

/** A bottle's routes under the operator's hands (SUP-6), from the table that was live when it was opened. */
export function useRouteEditor(slug: string, opened: RouteTable, suggestion: RouteSuggestion | null): RouteEditorState {
  const { rows, live, change, add, drop } = useRows(slug, opened, suggestion);
  const [revoked, setRevoked] = useState<ReadonlySet<string>>(new Set());
  const [whole, setWhole] = useState<RouteEdit | null>(null);
  const kept = rows.filter(({ removed }) => !removed);
  const routes = kept.map(routeOf).flatMap((result) => (result.ok ? [result.route] : []));
  const complete = routes.length === kept.length;
  const edit: RouteEdit = { slug, routes, keptGrants: live.grants.map(({ id }) => id).filter((id) => !revoked.has(id)) };
  // While a row is half typed the effect of the last edit that was whole stands.
  if (complete && JSON.stringify(whole) !== JSON.stringify(edit)) setWhole(edit);
  const { answer: preview, error, computing, settled, again } = useRecomputed("routes.preview", whole ?? edit, whole !== null);
  const { seen, stale, acknowledge } = useSeenState(preview, settled);
  const set = useAction("routes.set");

  const touched = rows.some(isTouched) || live.grants.some(({ id }) => revoked.has(id));
  const told = complete && !computing && preview ? preview.problems : [];
  const verdicts = new Map(told.map(({ index, problem }) => [kept[index]?.key ?? "", problem]));
  const computed = !computing && preview !== undefined;
  const obstacle = obstacleTo({ touched, complete, stale: stale !== null, computing: !computed, problems: verdicts.size });
  return {
    rows: withProblems(rows, verdicts),
    grants: live.grants,
    revoked,
    preview,
    error,
    stale,
    acknowledge,
    change,
    add,
    drop,
    toggleGrant: (id) => setRevoked(revoked.has(id) ? without(revoked, id) : new Set([...revoked, id])),
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
