import { pathProblem } from "#common/domain/request-target.ts";
import type { Decision } from "./decision-log.ts";

/** What a route editor is opened with: a route that would let a request pass, or a content rule that shall pass on a host. */
export interface RouteSuggestion {
  host: string;
  methods: string[] | null;
  pathAllowlist: string[];
  /** A content rule's name; null where none is in question. */
  allowFinding: string | null;
}

const ROUTE_RULES = new Set(["no-route", "method", "path", "route-revoked"]);

/** The narrowest route that would let such a request pass: its method, its folder. Null where no route could. */
export function suggestRoute({ host, method, path, rule, finding }: Decision): RouteSuggestion | null {
  if (rule === "dlp" || rule === "pipelock") return finding ? { host, methods: null, pathAllowlist: [], allowFinding: finding.rule } : null;
  if (!ROUTE_RULES.has(rule)) return null;
  return { host, methods: method === "CONNECT" ? null : [method], pathAllowlist: folderOf(path), allowFinding: null };
}

/** The part of the path up to its last slash; nothing where a path of the table could not be written so. */
function folderOf(path: string): string[] {
  const plain = path.split("?", 1)[0] ?? "";
  const folder = plain.slice(0, plain.lastIndexOf("/") + 1);
  return folder.length > 1 && folder.length <= 2048 && !folder.includes("…") && pathProblem(folder) === null ? [folder] : [];
}
