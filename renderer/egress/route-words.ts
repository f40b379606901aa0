import type { Route } from "#common/domain/route.ts";

/** `GET POST`, or that every method passes. */
export function methodWords(route: Pick<Route, "methods">): string {
  return route.methods ? route.methods.join(" ") : "any method";
}

export function pathWords(route: Pick<Route, "pathAllowlist">): string {
  const [first, ...rest] = route.pathAllowlist;
  if (first === undefined || first === "/") return "any path";
  return rest.length > 0 ? `${first} and ${rest.length} more` : first;
}

/** Where a route came from. */
export function originWords(route: Pick<Route, "origin">): string {
  switch (route.origin.kind) {
    case "provider":
      return `needed by ${route.origin.provider}`;
    case "manifest":
      return `from bottle ${route.origin.bottle}.md`;
    case "proposal":
      return "approved in the inbox";
    case "operator":
      return "added by the operator";
  }
}

/** What a route lets through, in a few words. */
export function reachWords(route: Pick<Route, "methods" | "pathAllowlist">): string {
  const paths = pathWords(route);
  return route.methods === null && paths === "any path" ? "anything" : `${paths} · ${methodWords(route)}`;
}

/** What a route lets through and why it is there, in one line. */
export function routeWords(route: Route): string {
  return `${reachWords(route)} · ${originWords(route)}`;
}

/** What is looser about a route than that requests pass: WebSocket, content rules and addresses that were let through. */
export function looseWords({ websocket, pipelock }: Pick<Route, "websocket" | "pipelock">): string[] {
  return [
    ...(websocket ? ["WebSocket"] : []),
    ...(pipelock.tlsPassthrough ? ["content left to egress"] : []),
    ...pipelock.allowFindings.map((rule) => `lets ${rule} pass`),
    ...pipelock.ssrfIpAllowlist.map((address) => `may lead to ${address}`),
  ];
}
