import { OperatorError } from "#common/domain/operator-error.ts";
import { inert } from "../inert.ts";
import type { Output } from "../output.ts";

export interface Proof {
  readonly step: string;
  readonly ok: boolean;
  /** What was seen, as it was. */
  readonly proof: string;
}

/** The steps of the demonstration as they are shown; the first that does not hold ends it. */
export class Proofs {
  readonly #output: Output;
  readonly #made: Proof[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  get made(): readonly Proof[] {
    return this.#made;
  }

  note(text: string): void {
    this.#output.say(inert(text));
  }

  show(step: string, ok: boolean, proof: string): void {
    this.#made.push({ step, ok, proof });
    this.#output.say(`${ok ? "✓" : "✗"} ${step}\n    ${inert(proof.trim()).replaceAll("\n", "\n    ")}`);
    if (!ok)
      throw new OperatorError("start-failed", {
        message: `The demonstration failed at: ${step}`,
        hint: "Run `bot-bottle doctor`; the lines above say what was seen",
      });
  }
}
