import type { AnswerFacts } from "../answer/answer-inspection.ts";
import { AnswerInspection } from "../answer/answer-inspection.ts";
import type { DayBudget } from "../budget.ts";
import { agentHead } from "../http1/forwarded-head.ts";
import type { ResponseHead } from "../http1/response-head.ts";
import type { Permit } from "../policy/authorise.ts";
import type { Refusal } from "../policy/refusal.ts";
import { joinHead } from "./join-head.ts";

const NOTHING_TO_TELL: AnswerFacts = { usage: null, notes: [] };

/** Who takes it. */
export interface AnswerSink {
  /** False when the agent reads slower than we write. */
  sendToAgent(bytes: Buffer | string): boolean;
}

/** An answer on its way down to the agent, read where it must be (ADR 0012). */
export class AnswerPath {
  readonly #agent: AnswerSink;
  /** Null where the answer passes unread. */
  readonly #inspection: AnswerInspection | null;
  /** Waits for the first bytes of the body, to travel with them. */
  #unsentHead: string | null = null;
  #begun = false;
  #bytes = 0;

  constructor(permit: Permit, budget: DayBudget, agent: AnswerSink) {
    this.#agent = agent;
    this.#inspection = AnswerInspection.for(permit, budget);
  }

  /** Whether the agent has got a part of the final answer. */
  get begun(): boolean {
    return this.#begun && this.#unsentHead === null;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The final head has come; why its answer cannot pass, or null. */
  refusal(head: ResponseHead): Refusal | null {
    return this.#inspection?.begin(head) ?? null;
  }

  sendInterim(head: ResponseHead): void {
    this.#agent.sendToAgent(this.#text(head, false));
  }

  takeHead(head: ResponseHead, close: boolean): void {
    this.#begun = true;
    this.#unsentHead = this.#text(head, close);
  }

  /** `bytes` are the upstream's read buffer: what is sent is a copy. False when the agent reads slower than we write. */
  takeBody(bytes: Buffer): boolean {
    this.#bytes += bytes.length;
    const passing = this.#inspection === null ? bytes : this.#inspection.take(bytes);
    return passing.length === 0 || this.#sendBody(passing);
  }

  /** The answer is complete. */
  end(): void {
    const rest = this.#inspection?.end();
    if (rest !== undefined && rest.length > 0) this.#sendBody(rest);
    else this.flush();
  }

  /** Sends a head that nothing came to travel with. */
  flush(): void {
    const head = this.#unsentHead;
    if (head === null) return;
    this.#unsentHead = null;
    this.#bytes += head.length;
    this.#agent.sendToAgent(head);
  }

  /** The request is over, in whatever way. To be called once. */
  settle(): AnswerFacts {
    return this.#inspection?.settle() ?? NOTHING_TO_TELL;
  }

  #text(head: ResponseHead, close: boolean): string {
    const text = agentHead(head, close);
    return this.#inspection === null ? text : this.#inspection.head(text);
  }

  #sendBody(bytes: Buffer): boolean {
    const head = this.#unsentHead;
    if (head === null) return this.#agent.sendToAgent(Buffer.from(bytes));
    this.#unsentHead = null;
    this.#bytes += head.length;
    return this.#agent.sendToAgent(joinHead(head, bytes));
  }
}
