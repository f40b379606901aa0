import { parse } from "tldts";
import { canonicalHost } from "../domain/host-name.ts";

/**
 * A manifest's host in canonical form, or why it cannot be a route (MAN-6). Public suffixes are refused because anybody can
 * put content under one: a route to `com` or `github.io` names nobody. Names under no listed suffix are fine.
 */
export function routeHost(text: string): { readonly ok: true; readonly host: string } | { readonly ok: false; readonly reason: string } {
  const canonical = canonicalHost(text);
  if (!canonical.ok) return canonical;
  const { publicSuffix, isIcann, isPrivate } = parse(canonical.host, { allowPrivateDomains: true });
  const listed = isIcann === true || isPrivate === true;
  if (listed && publicSuffix === canonical.host) {
    return { ok: false, reason: `${canonical.host} is a public suffix, under which anybody can have a name; name the host itself` };
  }
  return canonical;
}
