import type { EgressRequest, PipelockRequest } from "#common/domain/proposal.ts";
import type { Route } from "#common/domain/route.ts";
import type { OperatorRoute } from "#common/ipc/proposal-methods.ts";
import type { EgressDraft, EgressField } from "../proposals/edit/egress-draft.ts";
import { egressDraft, egressRequest } from "../proposals/edit/egress-draft.ts";
import type { PipelockDraft, PipelockField } from "../proposals/edit/pipelock-draft.ts";
import { pipelockDraft, pipelockRequest } from "../proposals/edit/pipelock-draft.ts";

/** A route of the table as the operator edits it. */
export interface RouteRow {
  /** Identity while it is edited; the host of a row may change. */
  readonly key: string;
  /** As it is live; null for a new one. */
  readonly base: OperatorRoute | null;
  readonly egress: EgressDraft;
  readonly pipelock: PipelockDraft;
  readonly websocket: boolean;
  readonly removed: boolean;
}

export type RowProblems = Partial<Record<EgressField | Exclude<PipelockField, "host">, string>>;
export type RowResult = { ok: true; route: OperatorRoute } | { ok: false; problems: RowProblems };

/** What of a route the operator edits. */
export function operatorRoute({ host, methods, pathAllowlist, auth, websocket, pipelock }: Route): OperatorRoute {
  return { host, methods, pathAllowlist, auth: auth && { scheme: auth.scheme, tokenRef: auth.tokenRef }, websocket, pipelock };
}

const nothing: OperatorRoute = {
  host: "",
  methods: ["GET"],
  pathAllowlist: [],
  auth: null,
  websocket: false,
  pipelock: { tlsPassthrough: false, ssrfIpAllowlist: [], allowFindings: [] },
};

function rowOf(key: string, base: OperatorRoute | null, route: OperatorRoute): RouteRow {
  const { host, methods, pathAllowlist, auth, websocket, pipelock } = route;
  const asked: EgressRequest = { kind: "egress-route", host, methods, pathAllowlist, auth };
  const content: PipelockRequest = { kind: "pipelock", host, ...pipelock };
  return { key, base, egress: egressDraft(asked), pipelock: pipelockDraft(content), websocket, removed: false };
}

export function liveRow(route: Route): RouteRow {
  const base = operatorRoute(route);
  return rowOf(`live ${route.host}`, base, base);
}

export function newRow(key: string, route: Partial<OperatorRoute> = {}): RouteRow {
  return rowOf(key, null, { ...nothing, ...route });
}

/** The row with what a suggestion would have it let through besides. */
export function widened(row: RouteRow, wanted: Pick<OperatorRoute, "methods" | "pathAllowlist">, finding: string | null): RouteRow {
  const { egress, pipelock } = row;
  if (finding !== null) return { ...row, pipelock: { ...pipelock, findings: `${pipelock.findings} ${finding}`.trim() } };
  const paths = egress.paths === "" || wanted.pathAllowlist.length === 0 ? "" : [egress.paths, ...wanted.pathAllowlist].join("\n");
  const methods = wanted.methods === null ? egress.methods : [egress.methods, ...wanted.methods].join(" ");
  return { ...row, egress: { ...egress, paths, methods, anyMethod: egress.anyMethod || wanted.methods === null } };
}

/** The route a row stands for, or what is wrong with each field. */
export function routeOf(row: RouteRow): RowResult {
  // A route that was not touched stays as it is, whatever the fields could say of it.
  if (row.base && !isTouched(row)) return { ok: true, route: row.base };
  const egress = egressRequest(row.egress);
  const pipelock = pipelockRequest({ ...row.pipelock, host: "the same" });
  if (!egress.ok || !pipelock.ok)
    return { ok: false, problems: { ...(pipelock.ok ? {} : pipelock.problems), ...(egress.ok ? {} : egress.problems) } };
  const { kind: _egress, ...reach } = egress.request;
  const { kind: _pipelock, host: _host, ...content } = pipelock.request;
  return { ok: true, route: { ...reach, websocket: row.websocket, pipelock: content } };
}

/** Whether the operator changed anything of it. */
export function isTouched(row: RouteRow): boolean {
  if (row.base === null || row.removed) return true;
  const { egress, pipelock, websocket } = rowOf(row.key, row.base, row.base);
  const fields = { egress: row.egress, pipelock: row.pipelock, websocket: row.websocket };
  return JSON.stringify({ egress, pipelock, websocket }) !== JSON.stringify(fields);
}

/**
 * The operator's rows over routes that changed meanwhile: what was not touched follows them, what was touched stays as the operator
 * has it, and nothing that another has added is lost.
 */
export function rebased(rows: readonly RouteRow[], live: readonly Route[]): RouteRow[] {
  const byHost = new Map(rows.flatMap((row) => (row.base ? [[row.base.host, row] as const] : [])));
  const kept = live.map((route) => {
    const row = byHost.get(route.host);
    return row && isTouched(row) ? { ...row, base: operatorRoute(route) } : liveRow(route);
  });
  const hosts = new Set(live.map(({ host }) => host));
  const orphans = rows.filter((row) => row.base && !hosts.has(row.base.host) && isTouched(row) && !row.removed);
  return [...kept, ...orphans.map((row) => ({ ...row, base: null })), ...rows.filter((row) => row.base === null)];
}
