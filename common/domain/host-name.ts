import { holdsOnlyRealALabels } from "./a-label.ts";

/** The one spelling of a DNS name that routes, CONNECT targets, SNI and Host are compared in (MAN-6, EGR-2). */
export type HostNameOutcome = { readonly ok: true; readonly host: string } | { readonly ok: false; readonly reason: string };

const MAX_NAME = 253;
const CANONICAL = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
// A last label that is a number makes resolvers read the whole name as an IPv4 address: 127.1, 0x7f000001, 1.2.3.4.
const NUMERIC_LAST_LABEL = /(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)$/;
const NAME_CHARACTERS = /^[A-Za-z0-9._\-\u0080-\uffff]+$/;

/** Lower case A-labels without a trailing dot, or why the text is not the name of one host. */
export function canonicalHost(text: string): HostNameOutcome {
  const problem = spellingProblem(text);
  if (problem !== null) return invalid(problem);
  const host = toAscii(text.endsWith(".") ? text.slice(0, -1) : text);
  if (host === null || !holdsOnlyRealALabels(host)) return invalid("is not a valid internationalised name");
  if (NUMERIC_LAST_LABEL.test(host)) return invalid("must be a name, not an IP address");
  if (!isCanonicalHostName(host)) return invalid("is not a valid DNS name");
  return { ok: true, host };
}

/** Whether the text already is in canonical form. */
export function isCanonicalHostName(text: string): boolean {
  return text.length <= MAX_NAME && CANONICAL.test(text) && !NUMERIC_LAST_LABEL.test(text) && holdsOnlyRealALabels(text);
}

function invalid(problem: string): HostNameOutcome {
  return { ok: false, reason: `the host ${problem}` };
}

function spellingProblem(text: string): string | null {
  if (text === "") return "is empty";
  if (text.includes("*")) return "must be one host: wildcards are not allowed";
  if (text.includes("://")) return "must be a bare name without a scheme";
  if (text.includes("@")) return "must not hold user information";
  if (text.includes("[") || /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text)) return "must be a name, not an IP address";
  if (text.includes(":")) return "must not name a port: only 443 is reachable";
  if (text.includes("/")) return "must be a bare name without a path";
  if (text.length > MAX_NAME + 1) return "is longer than a DNS name can be";
  return NAME_CHARACTERS.test(text) ? null : "holds a character that no host name has";
}

function toAscii(text: string): string | null {
  const lower = text.toLowerCase();
  // Plain names skip the URL parser.
  if (CANONICAL.test(lower)) return lower;
  try {
    return new URL(`https://${text}/`).hostname;
  } catch {
    return null;
  }
}
