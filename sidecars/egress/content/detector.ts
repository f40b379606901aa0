/** Where in a text a credential stands. `secret` must never be kept, logged or told. */
export interface Match {
  readonly secret: string;
  readonly start: number;
  readonly end: number;
}

/** Knows one kind of credential. */
export interface Detector {
  /** The rule's name, which the operator may let pass. */
  readonly rule: string;
  /** What is looked for with the others in one pass: a match begins where one of these does. Lower case. */
  readonly keywords: readonly string[];
  /** Characters from the keyword's beginning on that a verdict needs. */
  readonly longest: number;
  /** Whether a match begins at a word's beginning only. */
  readonly atWord: boolean;
  /** `text` has one character for each byte. */
  find(text: string, at: number): Match | null;
}
