import type { EgressDecision } from "#common/domain/decision.ts";
import { visibleString } from "../ui/visible-text.ts";

type Rule = EgressDecision["rule"];

interface RuleText {
  /** Two or three words for a row. */
  short: string;
  /** What the rule means and what follows from it. */
  long: string;
}

const texts: Record<Rule, RuleText> = {
  route: { short: "route", long: "A route of this bottle allows this host, method and path." },
  "no-route": { short: "no route", long: "No route names this host. The agent can ask for one; you decide in the inbox." },
  port: { short: "port", long: "Only port 443 is open. A route cannot open another port." },
  method: { short: "method", long: "There is a route for this host, but it does not allow this method." },
  path: { short: "path", long: "There is a route for this host, but this path is outside its prefixes." },
  "path-encoding": {
    short: "path encoding",
    long: "The path is written so that two readers could understand it differently, which is how path rules are bypassed.",
  },
  "host-mismatch": { short: "host mismatch", long: "The Host header names another host than the tunnel was opened for." },
  "sni-mismatch": { short: "SNI mismatch", long: "The TLS handshake names another host than the tunnel was opened for." },
  "tls-required": { short: "TLS required", long: "Plain HTTP is not forwarded. The agent has to use https." },
  websocket: { short: "websocket", long: "The route does not allow WebSocket upgrades." },
  "malformed-request": { short: "malformed", long: "The request is ambiguous or breaks HTTP's rules, so it was not forwarded." },
  "credential-missing": {
    short: "credential missing",
    long: "The route injects a credential that is not known. Set the secret; the request was stopped rather than sent without it.",
  },
  "route-revoked": { short: "route revoked", long: "The route was taken away while the connection was open." },
  "address-refused": { short: "address refused", long: "The host resolves to a loopback, link-local or otherwise forbidden address." },
  "upstream-unreachable": { short: "unreachable", long: "The route allows it, but the host could not be reached." },
  "upstream-certificate": {
    short: "certificate",
    long: "The host's certificate could not be verified. A company's own CA can be added with BOT_BOTTLE_EXTRA_CA.",
  },
  "upstream-answer": { short: "bad answer", long: "The host's answer was cut off or could not be understood." },
  limit: { short: "limit", long: "A limit was reached: too large, too many at once, or too slow." },
  dlp: {
    short: "credential in it",
    long: "The content holds what looks like a credential. It did not leave. Where it is a false alarm, let that one rule pass on this host.",
  },
  budget: {
    short: "budget spent",
    long: "The day's budget for model calls is spent, and the manifest says to stop there until the next day.",
  },
  "credential-cut": {
    short: "credential cut",
    long: "You cut this credential off. The request was stopped rather than sent without it; restore the credential to go on.",
  },
  pipelock: { short: "pipelock", long: "pipelock, the last hop before the internet, refused what the request holds or where it leads." },
};

export function ruleText(rule: Rule): RuleText {
  return texts[rule];
}

/** Why a request did not get through, in two or three words: what was caught, where something was. */
export function refusalWords({ rule, finding }: Pick<EgressDecision, "rule" | "finding">): string {
  return finding === undefined ? ruleText(rule).short : visibleString(finding.rule);
}
