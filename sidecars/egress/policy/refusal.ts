import { STATUS_CODES } from "node:http";
import type { ContentFinding, EgressRule } from "#common/domain/decision.ts";

/** Why something was not forwarded, and what the agent is told. */
export interface Refusal {
  readonly rule: EgressRule;
  readonly status: number;
  /** One sentence without a full stop; never quotes bodies, header values or credentials. */
  readonly reason: string;
  readonly verdict: "refused" | "failed";
  /** What was caught, for the operator. */
  readonly finding?: ContentFinding;
  /** What helps the agent, where that depends on more than the rule. */
  readonly nextStep?: string;
}

const STATUS_OF_RULE: Partial<Record<EgressRule, number>> = {
  "malformed-request": 400,
  websocket: 426,
  "credential-missing": 503,
  limit: 503,
  "upstream-unreachable": 502,
  "upstream-certificate": 502,
  "upstream-answer": 502,
};

const FAILURES = new Set<EgressRule>(["upstream-unreachable", "upstream-certificate", "upstream-answer"]);

const ASK_FOR_ROUTE = "The operator can allow it: ask with the supervise tool egress-block";
const CHANGE_REQUEST = "No proposal changes that: the request itself must be another one. list-egress-routes shows what is allowed";
const TRY_LATER = "The route is there and the fault is not yours: try again, and tell the operator if it stays so";

/** What helps the agent, by rule; it is told nothing that would not (EGR-4). */
const NEXT_STEPS: Readonly<Record<EgressRule, string>> = {
  route: "Tell the operator",
  "no-route": ASK_FOR_ROUTE,
  method: ASK_FOR_ROUTE,
  path: ASK_FOR_ROUTE,
  websocket: "Use plain requests if you can. Otherwise tell the operator, who can allow WebSocket on the route; no tool can ask for it",
  "route-revoked": ASK_FOR_ROUTE,
  port: CHANGE_REQUEST,
  "path-encoding": CHANGE_REQUEST,
  "host-mismatch": CHANGE_REQUEST,
  "sni-mismatch": CHANGE_REQUEST,
  "tls-required": CHANGE_REQUEST,
  "malformed-request": CHANGE_REQUEST,
  "credential-missing": "Wait for the operator, who must give the credential; no tool can ask for it",
  "credential-cut": "Do not try again, and do not look for another way: tell the operator that you need it",
  budget:
    "Stop here and tell the operator, who can raise egress.budget in the bottle's manifest and start it anew; other hosts still answer",
  dlp: "If it is no secret, ask with the supervise tool pipelock-block; never send it in another form",
  pipelock: "If it is harmless, ask with the supervise tool pipelock-block; never send it in another form",
  "address-refused": "If the host is meant to be a private one, ask with the supervise tool pipelock-block",
  "upstream-unreachable": TRY_LATER,
  "upstream-certificate": "Tell the operator: the host's certificate is not one to trust",
  "upstream-answer": TRY_LATER,
  limit: "Close connections that you do not need, then try again",
};

export function refuse(rule: EgressRule, reason: string, status = STATUS_OF_RULE[rule] ?? 403): Refusal {
  return { rule, reason, status, verdict: FAILURES.has(rule) ? "failed" : "refused" };
}

/** Written for the agent: status, why, which rule, and what it can do about it (EGR-4). Clients often print nothing else. */
export function refusalText(refusal: Refusal): string {
  return `${refusal.status} bot-bottle: ${refusal.reason}. Rule: ${refusal.rule}. ${refusal.nextStep ?? NEXT_STEPS[refusal.rule]}.\n`;
}

export interface AnswerOptions {
  readonly close: boolean;
  /** Answers to HEAD have a head only. */
  readonly headOnly: boolean;
}

/** The whole HTTP/1.1 answer. The rule is also in the phrase and a field: many clients show no body of a failed CONNECT. */
export function refusalAnswer(refusal: Refusal, options: AnswerOptions): Buffer {
  const body = refusalText(refusal);
  const lines = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? "Refused"} (bot-bottle: ${refusal.rule})`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    `X-Bot-Bottle-Rule: ${refusal.rule}; ${headerText(refusal.reason)}`,
    ...(options.close ? ["Connection: close"] : []),
    "",
    options.headOnly ? "" : body,
  ];
  return Buffer.from(lines.join("\r\n"), "utf8");
}

// Reasons may name a host or path that the agent chose: nothing in them may end the field.
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
