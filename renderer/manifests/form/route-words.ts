import type { Json } from "../editor/json-path.ts";
import { isMap, valueAt } from "../editor/json-path.ts";

/** Keys of a route that the form has fields for. */
const shown = new Set(["host", "methods", "path_allowlist", "auth", "websocket", "pipelock"]);

/** Keys of a route that only the source shows. */
export function sourceOnlyKeys(route: Json | undefined): string[] {
  return isMap(route) ? Object.keys(route).filter((key) => !shown.has(key)) : [];
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** What a route lets through, in one line: `GET POST · 2 paths · Bearer GITEA_PAT`. */
export function routeSummary(route: Json | undefined): string {
  const methods = texts(valueAt(route, ["methods"]));
  const paths = texts(valueAt(route, ["path_allowlist"]));
  const scheme = valueAt(route, ["auth", "scheme"]);
  const token = valueAt(route, ["auth", "token_ref"]);
  return [
    methods.length > 0 ? methods.join(" ") : "any method",
    paths.length === 0 ? "any path" : paths.length === 1 ? paths[0] : `${paths.length} paths`,
    typeof scheme === "string" ? `${scheme} ${typeof token === "string" ? token : ""}`.trim() : null,
    valueAt(route, ["websocket"]) === true ? "WebSocket" : null,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** A host for a new route that is not among the others. */
export function freeHost(routes: readonly Json[]): string {
  const taken = new Set(routes.map((route) => valueAt(route, ["host"])));
  const names = Array.from({ length: routes.length + 1 }, (_, index) => (index === 0 ? "api.example.com" : `api${index + 1}.example.com`));
  return names.find((name) => !taken.has(name)) ?? "api.example.com";
}
