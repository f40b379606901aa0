import { canonicalHost } from "#common/domain/host-name.ts";
import type { RequestTarget } from "#common/domain/request-target.ts";
import { stripQueryKeys } from "#common/domain/request-target.ts";
import type { RouteAuth } from "#common/domain/route.ts";
import { matchRoute } from "#common/domain/route-match.ts";
import type { RequestHead } from "../http1/request-head.ts";
import type { Credentials } from "./credentials.ts";
import type { LiveRoute } from "./live-routes.ts";
import { fieldKey } from "./live-routes.ts";
import type { Refusal } from "./refusal.ts";
import { refuse } from "./refusal.ts";

/** What may leave: everything the upstream head is built from, whatever protocol the request came in. */
export interface Permit {
  readonly live: LiveRoute;
  readonly request: RequestHead;
  /** Path and query as forwarded. */
  readonly target: string;
  /** Value of the Authorization field to inject, with the name of its credential; never logged. */
  readonly authorization: { readonly value: string; readonly tokenRef: string } | null;
}

export type Authorisation = { readonly kind: "permit"; readonly permit: Permit } | { readonly kind: "refusal"; readonly refusal: Refusal };

/** Decides one request inside a tunnel to `host`, anew each time (EGR-2, EGR-3). */
export function authorise(host: string, live: LiveRoute | null, request: RequestHead, credentials: Credentials): Authorisation {
  const framing = hostRefusal(host, request);
  if (framing !== null) return { kind: "refusal", refusal: framing };
  if (live === null) return refusal("no-route", `no route for ${host}`);
  const origin = originForm(host, request.target);
  if (origin === null) return refusal("host-mismatch", `the request target names another place than ${host}`);
  const verdict = matchRoute(live.route, { method: request.method, target: origin, websocket: request.websocket });
  if (!verdict.allowed) return refusal(verdict.rule, verdict.reason);
  const override = overrideRefusal(live, request);
  if (override !== null) return { kind: "refusal", refusal: override };
  return withCredential(live, request, verdict.target, credentials);
}

function hostRefusal(host: string, request: RequestHead): Refusal | null {
  if (request.version !== "1.1") return refuse("malformed-request", "the request is not HTTP/1.1", 505);
  if (request.host === null) return refuse("malformed-request", "the Host field is missing");
  if (request.host === host) return null;
  const named = canonicalHost(request.host.endsWith(":443") ? request.host.slice(0, -4) : request.host);
  // The injected credential goes where the tunnel goes, so what the server sees as host must be the tunnel's.
  return named.ok && named.host === host ? null : refuse("host-mismatch", `the Host field differs from the tunnel's host ${host}`);
}

/** The target without scheme and authority where those agree with the tunnel; null where they do not. */
function originForm(host: string, target: string): string | null {
  if (target.startsWith("/") || target === "*") return target;
  const absolute = /^https:\/\/([^/?#]+)(.*)$/i.exec(target);
  if (absolute === null) return null;
  const authority = absolute[1] as string;
  const named = canonicalHost(authority.endsWith(":443") ? authority.slice(0, -4) : authority);
  if (!named.ok || named.host !== host) return null;
  const rest = absolute[2] as string;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

const METHOD_OVERRIDES = new Set(["x-http-method-override", "x-http-method", "x-method-override"]);
const PATH_OVERRIDES = new Set(["x-original-url", "x-rewrite-url", "x-override-url"]);

/** Fields by which some servers replace the method or path after it was decided on. */
function overrideRefusal(live: LiveRoute, request: RequestHead): Refusal | null {
  const { methods, pathAllowlist } = live.route;
  if (methods === null && pathAllowlist.length === 0) return null;
  for (const { name } of request.fields) {
    // Every name in both sets begins so; the check spares the lookups for nearly all fields.
    if (!name.startsWith("x")) continue;
    const key = fieldKey(name);
    if (methods !== null && METHOD_OVERRIDES.has(key))
      return refuse("method", "a header field would replace the method that the route allows");
    if (pathAllowlist.length > 0 && PATH_OVERRIDES.has(key))
      return refuse("path", "a header field would replace the path that the route allows");
  }
  return null;
}

function withCredential(live: LiveRoute, request: RequestHead, target: RequestTarget, credentials: Credentials): Authorisation {
  const { auth, strip } = live.route;
  const forwarded = target.path + stripQueryKeys(target.query, strip.queryKeys);
  if (auth === null || !wantsInjection(auth, request)) return permit({ live, request, target: forwarded, authorization: null });
  const credential = credentials.get(auth.tokenRef);
  if (credential.kind === "missing") return refusal("credential-missing", credential.reason);
  const authorization = { value: `${auth.scheme} ${credential.value}`, tokenRef: auth.tokenRef };
  return permit({ live, request, target: forwarded, authorization });
}

function wantsInjection(auth: RouteAuth, request: RequestHead): boolean {
  return auth.inject === "always" || request.fields.some((field) => field.name === "authorization");
}

function permit(value: Permit): Authorisation {
  return { kind: "permit", permit: value };
}

function refusal(...parts: Parameters<typeof refuse>): Authorisation {
  return { kind: "refusal", refusal: refuse(...parts) };
}
