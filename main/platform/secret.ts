import { inspect } from "node:util";

const REDACTED = "[redacted]";

/**
 * A credential in the memory of the process that uses it (D8). It prints as `[redacted]` wherever it ends up by mistake: in
 * a template, JSON, a log, an error's details or the inspector. `reveal` is called once, where the value is used.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
