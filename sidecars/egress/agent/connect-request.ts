import { canonicalHost } from "#common/domain/host-name.ts";
import type { RequestSubject } from "../decision-log.ts";
import { MalformedMessage, parseFields } from "../http1/fields.ts";
import type { LiveHost } from "../policy/live-host.ts";
import type { LiveRoutes } from "../policy/live-routes.ts";
import type { Refusal } from "../policy/refusal.ts";
import { refuse } from "../policy/refusal.ts";

/** What the first head on a plain connection asks for. */
export type ConnectOutcome =
  /** `live` is null for a host without a route or grant: its requests are read, so that they can be refused in words and shown. */
  | { readonly kind: "tunnel"; readonly host: string; readonly live: LiveHost | null }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly subject: RequestSubject };

const REQUEST_LINE = /^([A-Z][A-Z0-9_-]{0,31}) ([\x21-\x7e]+) HTTP\/1\.[01]$/;
const AUTHORITY = /^(.*):([0-9]{1,5})$/;

/** Decides a head as sent to the proxy itself; `text` is without its final empty line. */
export function decideConnect(text: string, routes: LiveRoutes, maxFields: number): ConnectOutcome {
  const lineEnd = text.indexOf("\r\n");
  const line = REQUEST_LINE.exec(lineEnd === -1 ? text : text.slice(0, lineEnd));
  if (line === null) return refused(refuse("malformed-request", "the request line is not HTTP/1.1"), "?", "");
  const [, method = "", target = ""] = line;
  if (method !== "CONNECT") return plainRequest(method, target);
  try {
    const hosts = (lineEnd === -1 ? [] : parseFields(text, lineEnd + 2, maxFields)).filter((field) => field.name === "host");
    if (hosts.length > 1) return refused(refuse("malformed-request", "the host field is there twice"), method, target);
    return decideAuthority(target, hosts[0]?.value ?? null, routes);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    return refused(refuse("malformed-request", error.message, error.status), method, target);
  }
}

function plainRequest(method: string, target: string): ConnectOutcome {
  const absolute = /^http:\/\/(?:[^/?#@]*@)?([^/?#:@]*)(?::([0-9]{1,5}))?([/?].*)?$/i.exec(target);
  if (absolute === null) return refused(refuse("malformed-request", "a proxy expects CONNECT host:443"), method, target);
  const refusal = refuse("tls-required", "plain HTTP does not leave a bottle: use https");
  const subject = { host: absolute[1] ?? "", port: Number(absolute[2] ?? 80), method, target: absolute[3] ?? "/" };
  return { kind: "refused", refusal, subject };
}

function decideAuthority(target: string, hostField: string | null, routes: LiveRoutes): ConnectOutcome {
  const authority = AUTHORITY.exec(target);
  if (authority === null) return refused(refuse("malformed-request", "CONNECT needs host:port"), "CONNECT", target);
  const port = Number(authority[2]);
  const named = canonicalHost(authority[1] ?? "");
  if (!named.ok) return refused(refuse("malformed-request", named.reason), "CONNECT", target);
  const subject = { host: named.host, port, method: "CONNECT", target: "" };
  if (port !== 443) return { kind: "refused", subject, refusal: refuse("port", `only port 443 is reachable, not ${port}`) };
  if (hostField !== null && !sameHost(hostField, named.host)) {
    return { kind: "refused", subject, refusal: refuse("host-mismatch", "the Host field of CONNECT differs from its target") };
  }
  return { kind: "tunnel", host: named.host, live: routes.find(named.host) };
}

// Clients write the authority with or without the port here.
function sameHost(field: string, host: string): boolean {
  const named = canonicalHost(field.endsWith(":443") ? field.slice(0, -4) : field);
  return named.ok && named.host === host;
}

function refused(refusal: Refusal, method: string, target: string): ConnectOutcome {
  return { kind: "refused", refusal, subject: { host: printableHost(target), port: 443, method, target: "" } };
}

// Best effort for the operator's eyes: what stood where a host should be.
function printableHost(target: string): string {
  return target
    .replace(/^[a-z]+:\/\//i, "")
    .replace(/[/?#].*$/, "")
    .replace(/^.*@/, "");
}
