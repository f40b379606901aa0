import type { TokenUsage } from "#common/domain/decision.ts";
import type { DayBudget } from "../budget.ts";
import type { ResponseHead } from "../http1/response-head.ts";
import type { Permit } from "../policy/authorise.ts";
import type { CredentialValue } from "../policy/credentials.ts";
import type { Refusal } from "../policy/refusal.ts";
import { refuse } from "../policy/refusal.ts";
import { blotText } from "./blot.ts";
import { EchoScrubber } from "./echo-scrubber.ts";
import { PayloadSpans } from "./payload-spans.ts";
import { UsageMeter } from "./usage-meter.ts";

const EMPTY = Buffer.alloc(0);

/** What the event of a request tells of its answer. */
export interface AnswerFacts {
  readonly usage: TokenUsage | null;
  /** Sentences for the operator, without a full stop. */
  readonly notes: readonly string[];
}

/** Reads one answer on its way to the agent: blots out the injected credential, counts tokens (EGR-3, MAN-6; ADR 0012). */
export class AnswerInspection {
  readonly #host: string;
  readonly #credential: { readonly tokenRef: string; readonly secret: CredentialValue } | null;
  readonly #modelCall: boolean;
  readonly #budget: DayBudget;
  #headScrubbed = false;
  #spans: PayloadSpans | null = null;
  #scrubber: EchoScrubber | null = null;
  #meter: UsageMeter | null = null;

  /** Null for a request of whose answer nothing needs to be read: it passes untouched. */
  static for({ authorization, modelCall, live }: Permit, budget: DayBudget): AnswerInspection | null {
    const credential = authorization !== null && authorization.secret.echoes !== null ? authorization : null;
    return credential === null && !modelCall ? null : new AnswerInspection(live.route.host, credential, modelCall, budget);
  }

  private constructor(
    host: string,
    credential: { readonly tokenRef: string; readonly secret: CredentialValue } | null,
    modelCall: boolean,
    budget: DayBudget,
  ) {
    this.#host = host;
    this.#credential = credential;
    this.#modelCall = modelCall;
    this.#budget = budget;
  }

  /** The text of a head as it may go to the agent. */
  head(text: string): string {
    const echoes = this.#credential?.secret.echoes ?? null;
    if (echoes === null) return text;
    const blotted = blotText(text, echoes);
    if (blotted !== text) this.#headScrubbed = true;
    return blotted;
  }

  /** The answer's head has come; why the answer cannot pass, or null. */
  begin(head: ResponseHead): Refusal | null {
    if (head.body.kind === "none" && head.status !== 101) return null;
    const echoes = this.#credential?.secret.echoes ?? null;
    const meter = this.#modelCall ? UsageMeter.for(head) : null;
    const mustRead = echoes !== null || (meter !== null && this.#budget.limits);
    if (isCompressed(head)) {
      if (!mustRead) return null;
      const why = `${this.#host} compressed its answer although it was asked not to, so that it cannot be read before it is handed on`;
      return refuse("upstream-answer", why);
    }
    this.#meter = meter;
    this.#scrubber = echoes === null ? null : new EchoScrubber(echoes);
    if (meter !== null || echoes !== null) this.#spans = new PayloadSpans(head.status === 101 ? "websocket" : head.body);
    return null;
  }

  /** What can go to the agent now. `bytes` are written into. */
  take(bytes: Buffer): Buffer {
    if (this.#spans === null) return bytes;
    const spans = this.#spans.next(bytes);
    if (this.#meter !== null) {
      for (let at = 0; at < spans.length; at += 2) this.#meter.take(bytes, spans[at] as number, spans[at + 1] as number);
    }
    return this.#scrubber === null ? bytes : this.#scrubber.take(bytes, spans, !this.#spans.messageMayEnd);
  }

  /** The answer is complete: what waited can go. */
  end(): Buffer {
    return this.#scrubber?.end() ?? EMPTY;
  }

  /** The request is over, in whatever way; its cost is counted now. To be called once. */
  settle(): AnswerFacts {
    const usage = this.#usage();
    const reached = usage === null ? null : this.#budget.add(usage);
    const scrubbed = this.#headScrubbed || this.#scrubber?.found === true;
    const echo = scrubbed ? [`the answer held the credential ${this.#credential?.tokenRef}, which was blotted out`] : [];
    return { usage, notes: reached === null ? echo : [...echo, reached] };
  }

  /** The model's name comes from the answer as well, and stays in events. */
  #usage(): TokenUsage | null {
    const usage = this.#meter?.usage() ?? null;
    const echoes = this.#credential?.secret.echoes ?? null;
    return usage === null || echoes === null ? usage : { ...usage, model: blotText(usage.model, echoes) };
  }
}

function isCompressed({ fields }: ResponseHead): boolean {
  return fields.some(({ name, value }) => name === "content-encoding" && value !== "" && value.toLowerCase() !== "identity");
}
