import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { ServerNotification, ServerRequest } from "@modelcontextprotocol/sdk/types.js";
import type { Proposal } from "#common/domain/proposal.ts";

export type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

export interface WaitLimits {
  /** How long a call waits for the operator (SUP-2). */
  readonly responseTimeoutMs: number;
  /** How often a client that asked for progress hears that the call still waits. */
  readonly progressMs: number;
  /** From when on calls that wait are answered as pending: the worker is about to end. */
  readonly closing: AbortSignal;
}

/** Calls that wait at the same time; the connections of a bottle are counted, and one must stay free to ask with. */
const MAX_WAITING = 24;

/** Calls that wait for the operator. */
export class WaitingCalls {
  readonly #limits: WaitLimits;
  #waiting = 0;

  constructor(limits: WaitLimits) {
    this.#limits = limits;
  }

  /** The proposal with what became of it; as it is when the time is over, the agent hung up, or too many wait already. */
  async newsOr(pending: Proposal, news: Promise<Proposal>, extra: Extra): Promise<Proposal> {
    if (this.#waiting >= MAX_WAITING) return pending;
    this.#waiting += 1;
    try {
      return await this.#wait(pending, news, extra);
    } finally {
      this.#waiting -= 1;
    }
  }

  async #wait(pending: Proposal, news: Promise<Proposal>, extra: Extra): Promise<Proposal> {
    const { responseTimeoutMs, progressMs, closing } = this.#limits;
    const over = Promise.withResolvers<Proposal>();
    const timer = setTimeout(() => over.resolve(pending), responseTimeoutMs);
    const progress = startProgress(progressMs, extra);
    const ending = AbortSignal.any([extra.signal, closing]);
    const hungUp = (): void => over.resolve(pending);
    ending.addEventListener("abort", hungUp, { once: true });
    if (ending.aborted) hungUp();
    try {
      return await Promise.race([news, over.promise]);
    } finally {
      clearTimeout(timer);
      clearInterval(progress);
      ending.removeEventListener("abort", hungUp);
    }
  }
}

/** Clients with a time-out of their own reset it when they hear of progress. */
function startProgress(everyMs: number, extra: Extra): NodeJS.Timeout | undefined {
  const progressToken = extra._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let progress = 0;
  return setInterval(() => {
    progress += 1;
    const params = { progressToken, progress, message: "waiting for the operator's decision" };
    extra.sendNotification({ method: "notifications/progress", params }).catch(() => undefined);
  }, everyMs);
}
