import type { MessagePort } from "node:worker_threads";
import type { HeldPush } from "#common/domain/git.ts";
import type { EgressRequest, Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { FilingOutcome, FromSuperviseWorker, ToSuperviseWorker } from "../kit/supervise-worker.ts";

type Answer = Extract<ToSuperviseWorker, { callId: number }>;
type Question = FromSuperviseWorker extends infer Q ? (Q extends { callId: number } ? Omit<Q, "callId"> : never) : never;

/** What was filed, and for what is queued the decision when it comes. */
export interface Filed {
  readonly outcome: FilingOutcome;
  readonly decided: Promise<Proposal>;
}

/** The worker's side of its conversation with init. */
export class InitLink {
  readonly #port: MessagePort;
  readonly #questions = new Map<number, (answer: Answer) => void>();
  readonly #deciding = new Map<string, Set<(proposal: Proposal) => void>>();
  #lastCall = 0;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  receive(message: Exclude<ToSuperviseWorker, { type: "stop" }>): void {
    if (message.type === "decided") return this.#tellDecided(message.proposal);
    this.#questions.get(message.callId)?.(message);
    this.#questions.delete(message.callId);
  }

  file(request: EgressRequest, justification: string): Promise<Filed> {
    const filed = Promise.withResolvers<Filed>();
    this.#ask({ type: "file", request, justification }, (answer) => {
      // Listening begins before the next message is read: a decision cannot slip between the two.
      if (answer.type === "filing") filed.resolve({ outcome: answer.outcome, decided: this.#decisionOf(answer.outcome) });
    });
    return filed.promise;
  }

  routes(): Promise<RouteTable> {
    const routes = Promise.withResolvers<RouteTable>();
    this.#ask({ type: "routes" }, (answer) => answer.type === "routes" && routes.resolve(answer.table));
    return routes.promise;
  }

  proposal(proposalId: string): Promise<Proposal | null> {
    const proposal = Promise.withResolvers<Proposal | null>();
    this.#ask({ type: "proposal", proposalId }, (answer) => answer.type === "proposal" && proposal.resolve(answer.proposal));
    return proposal.promise;
  }

  push(pushId: string): Promise<HeldPush | null> {
    const push = Promise.withResolvers<HeldPush | null>();
    this.#ask({ type: "push", pushId }, (answer) => answer.type === "push" && push.resolve(answer.push));
    return push.promise;
  }

  #ask(question: Question, answered: (answer: Answer) => void): void {
    const callId = ++this.#lastCall;
    this.#questions.set(callId, answered);
    this.#port.postMessage({ ...question, callId } satisfies FromSuperviseWorker);
  }

  #decisionOf(outcome: FilingOutcome): Promise<Proposal> {
    const decided = Promise.withResolvers<Proposal>();
    if (outcome.kind !== "queued") return decided.promise;
    const listeners = this.#deciding.get(outcome.proposal.id) ?? new Set();
    this.#deciding.set(outcome.proposal.id, listeners.add(decided.resolve));
    return decided.promise;
  }

  #tellDecided(proposal: Proposal): void {
    for (const tell of this.#deciding.get(proposal.id) ?? []) tell(proposal);
    this.#deciding.delete(proposal.id);
  }
}
