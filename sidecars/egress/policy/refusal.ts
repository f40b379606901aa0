import { STATUS_CODES } from "node:http";
import type { EgressRule } from "#common/domain/decision.ts";

/** Why something was not forwarded, and what the agent is told. */
export interface Refusal {
  readonly rule: EgressRule;
  readonly status: number;
  /** One sentence without a full stop; never quotes bodies, header values or credentials. */
  readonly reason: string;
  readonly verdict: "refused" | "failed";
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
// What the operator can allow; the rest no proposal would cure.
const ASKABLE = new Set<EgressRule>(["no-route", "method", "path", "websocket", "route-revoked"]);

export function refuse(rule: EgressRule, reason: string, status = STATUS_OF_RULE[rule] ?? 403): Refusal {
  return { rule, reason, status, verdict: FAILURES.has(rule) ? "failed" : "refused" };
}

/** Written for the agent: status, why, which rule, and what it can do about it (EGR-4). Clients often print nothing else. */
export function refusalText(refusal: Refusal): string {
  const next = ASKABLE.has(refusal.rule)
    ? "The operator can allow it: ask with the supervise tool egress-block."
    : "See the supervise tool list-egress-routes for what is allowed; egress-block asks the operator for more.";
  return `${refusal.status} bot-bottle: ${refusal.reason}. Rule: ${refusal.rule}. ${next}\n`;
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
