import { canonicalHost } from "#common/domain/host-name.ts";
import type { Route } from "#common/domain/route.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { fieldKey } from "./live-route.ts";
import type { Refusal } from "./refusal.ts";
import { refuse } from "./refusal.ts";

/** Whether a request says it is for the host that its tunnel leads to. */
export function hostRefusal(host: string, request: RequestHead): Refusal | null {
  if (request.version !== "1.1") return refuse("malformed-request", "the request is not HTTP/1.1", 505);
  if (request.host === null) return refuse("malformed-request", "the Host field is missing");
  if (request.host === host) return null;
  const named = canonicalHost(request.host.endsWith(":443") ? request.host.slice(0, -4) : request.host);
  // The injected credential goes where the tunnel goes, so what the server sees as host must be the tunnel's.
  return named.ok && named.host === host ? null : refuse("host-mismatch", `the Host field differs from the tunnel's host ${host}`);
}

/** The target without scheme and authority where those agree with the tunnel; null where they do not. */
export function originForm(host: string, target: string): string | null {
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
export function overrideRefusal({ methods, pathAllowlist }: Route, request: RequestHead): Refusal | null {
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
