import type { MessagePort } from "node:worker_threads";
import type { HeldPush } from "#common/domain/git.ts";
import type { Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { FilingOutcome, FromSuperviseWorker, ToSuperviseWorker } from "../kit/supervise-worker.ts";

type Answer = Extract<ToSuperviseWorker, { callId: number }>;
type Question = FromSuperviseWorker extends infer Q ? (Q extends { callId: number } ? Omit<Q, "callId"> : never) : never;

/** What was filed, and for what is queued the news of it: it was decided, or an approval failed. */
export interface Filed extends Disposable {
  readonly outcome: FilingOutcome;
  readonly news: Promise<Proposal>;
}

/** The worker's side of its conversation with init. */
export class InitLink {
  readonly #port: MessagePort;
  readonly #questions = new Map<number, (answer: Answer) => void>();
  readonly #awaited = new Map<string, Set<(proposal: Proposal) => void>>();
  #lastCall = 0;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  receive(message: Exclude<ToSuperviseWorker, { type: "stop" }>): void {
    if (message.type === "decided" || message.type === "failed") return this.#tell(message.proposal);
    this.#questions.get(message.callId)?.(message);
    this.#questions.delete(message.callId);
  }

  file(request: ProposalRequest, justification: string): Promise<Filed> {
    const filed = Promise.withResolvers<Filed>();
    this.#ask({ type: "file", request, justification }, (answer) => {
      // Listening begins before the next message is read: no news can slip between the two.
      if (answer.type === "filing") filed.resolve({ outcome: answer.outcome, ...this.#newsOf(answer.outcome) });
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

  #newsOf(outcome: FilingOutcome): Omit<Filed, "outcome"> {
    const { promise: news, resolve } = Promise.withResolvers<Proposal>();
    if (outcome.kind !== "queued") return { news, [Symbol.dispose]: () => undefined };
    const { id } = outcome.proposal;
    const listeners = this.#awaited.get(id) ?? new Set();
    this.#awaited.set(id, listeners.add(resolve));
    // An agent may ask the same thousands of times: nothing stays of a call that is over.
    return { news, [Symbol.dispose]: () => void listeners.delete(resolve) };
  }

  #tell(proposal: Proposal): void {
    for (const tell of this.#awaited.get(proposal.id) ?? []) tell(proposal);
    this.#awaited.delete(proposal.id);
  }
}
