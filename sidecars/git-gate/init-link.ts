import type { MessagePort } from "node:worker_threads";
import type { HeldPush, PushDecision, PushRecord, RepoStatus } from "#common/domain/git.ts";
import type { FromGitGateWorker, ToGitGateWorker } from "../kit/git-gate-worker.ts";
import type { PushJournal } from "./push/push-journal.ts";

type Answer = Extract<ToGitGateWorker, { type: "reserved" | "kept" }>;
type Question = Extract<FromGitGateWorker, { type: "reserve" | "pushed" | "hold" }>;
type Asked = Question extends infer Q ? (Q extends Question ? Omit<Q, "callId"> : never) : never;

/** The worker's side of its conversation with init. */
export class InitLink implements PushJournal {
  readonly #port: Pick<MessagePort, "postMessage">;
  readonly #questions = new Map<number, (answer: Answer) => void>();
  #lastCall = 0;

  constructor(port: Pick<MessagePort, "postMessage">) {
    this.#port = port;
  }

  receive(answer: Answer): void {
    this.#questions.get(answer.callId)?.(answer);
    this.#questions.delete(answer.callId);
  }

  async reserve(): Promise<string | null> {
    const answer = await this.#ask({ type: "reserve" });
    return answer.type === "reserved" ? answer.id : null;
  }

  async pushed(push: PushRecord): Promise<void> {
    await this.#ask({ type: "pushed", push });
  }

  async hold(push: HeldPush): Promise<string | null> {
    const answer = await this.#ask({ type: "hold", push });
    return answer.type === "kept" ? answer.problem : "it was not understood";
  }

  forwarded(pushId: string, decision: PushDecision): void {
    this.#post({ type: "forwarded", pushId, decision });
  }

  withdrawn(push: PushRecord): void {
    this.#post({ type: "withdrawn", push });
  }

  status(repos: readonly RepoStatus[]): void {
    this.#post({ type: "status", repos: [...repos] });
  }

  answer(message: Extract<FromGitGateWorker, { type: "done" | "failed" | "diff" }>): void {
    this.#post(message);
  }

  ready(): void {
    this.#post({ type: "ready" });
  }

  #ask(question: Asked): Promise<Answer> {
    const callId = ++this.#lastCall;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#questions.set(callId, resolve);
    this.#post({ ...question, callId });
    return promise;
  }

  #post(message: FromGitGateWorker): void {
    this.#port.postMessage(message);
  }
}
