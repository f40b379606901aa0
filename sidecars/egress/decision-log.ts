import type { EgressDecision, EgressRule } from "#common/domain/decision.ts";
import { redactTarget } from "#common/domain/request-target.ts";
import type { EgressClock } from "./clock.ts";
import type { Refusal } from "./policy/refusal.ts";

export type DecisionSink = (decision: EgressDecision) => void;

/** What is known of a request when it begins; `target` may hold secrets in its query. */
export interface RequestSubject {
  readonly host: string;
  readonly port: number;
  readonly method: string;
  readonly target: string;
  /** Absent for HTTP/1.1. */
  readonly protocol?: EgressDecision["protocol"];
}

export interface RequestOutcome {
  readonly verdict: EgressDecision["verdict"];
  readonly rule: EgressRule;
  readonly reason: string;
  readonly tokenRef?: string | null;
  readonly bytesUp?: number;
  readonly bytesDown?: number;
  readonly status: number | null;
  readonly grantId?: string | undefined;
  readonly finding?: EgressDecision["finding"];
  readonly usage?: EgressDecision["usage"];
}

/** No method's name is as long as a credential. */
const PLAIN_METHOD = 12;
/** Nothing shorter is looked for. */
const SHORTEST_SECRET = 8;
const MAX_HOST = 260;

/** Turns what happened into events that hold no secret (EGR-7). */
export class DecisionLog {
  readonly #sink: DecisionSink;
  readonly #clock: EgressClock;
  readonly #revision: () => number;
  readonly #conceal: (text: string) => string;

  /** `conceal` blots out what looks like a credential in a host, method or target. */
  constructor(parts: { sink: DecisionSink; clock: EgressClock; revision: () => number; conceal: (text: string) => string }) {
    this.#sink = parts.sink;
    this.#clock = parts.clock;
    this.#revision = parts.revision;
    this.#conceal = parts.conceal;
  }

  /** `startedAt` is monotonic. */
  record(subject: RequestSubject, startedAt: number, outcome: RequestOutcome): void {
    const durationMs = Math.max(0, this.#clock.monotonic() - startedAt);
    // An agent names hosts as it likes, and a name that is looked up somewhere tells what stands in it.
    const host = subject.host.length < SHORTEST_SECRET ? subject.host : this.#conceal(subject.host);
    this.#sink({
      time: new Date(this.#clock.wall() - durationMs).toISOString(),
      host: host.slice(0, MAX_HOST),
      port: subject.port,
      method: subject.method.length > PLAIN_METHOD ? this.#conceal(subject.method) : subject.method,
      path: redactTarget(this.#conceal(subject.target)),
      verdict: outcome.verdict,
      rule: outcome.rule,
      reason: host === subject.host ? outcome.reason : outcome.reason.replaceAll(subject.host, host),
      revision: this.#revision(),
      tokenRef: outcome.tokenRef ?? null,
      bytesUp: outcome.bytesUp ?? 0,
      bytesDown: outcome.bytesDown ?? 0,
      status: outcome.status,
      durationMs: Math.round(durationMs * 1000) / 1000,
      ...(outcome.grantId === undefined ? {} : { grantId: outcome.grantId }),
      ...(outcome.finding === undefined ? {} : { finding: outcome.finding }),
      ...(outcome.usage === undefined ? {} : { usage: outcome.usage }),
      ...(subject.protocol === undefined ? {} : { protocol: subject.protocol }),
    });
  }

  refused(subject: RequestSubject, startedAt: number, refusal: Refusal, status: number | null = refusal.status): void {
    this.record(subject, startedAt, { ...refusal, status });
  }
}
