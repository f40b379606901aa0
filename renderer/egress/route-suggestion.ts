import { parseRequestTarget } from "#common/domain/request-target.ts";
import { pathPrefixFault } from "#common/manifest/path-prefix.ts";
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
  // A tunnel that was refused says nothing of what would have been asked in it.
  if (method === "CONNECT") return { host, methods: null, pathAllowlist: [], allowFinding: null };
  const prefix = prefixOf(path);
  return prefix === null ? null : { host, methods: [method], pathAllowlist: prefix, allowFinding: null };
}

/** Its folder, or at the top the path itself; null where no route could hold it, and so none could let it pass. */
function prefixOf(path: string): string[] | null {
  const plain = path.split("?", 1)[0] ?? "";
  const folder = plain.slice(0, plain.lastIndexOf("/") + 1);
  const prefix = folder === "/" ? plain : folder;
  if (!plain.startsWith("/") || pathPrefixFault(prefix) !== null || parseRequestTarget(prefix).kind === "refused") return null;
  return prefix === "/" ? [] : [prefix];
}
