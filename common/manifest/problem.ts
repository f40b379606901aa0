/** Where in a file something is, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with one manifest, at a place an editor can jump to. */
export interface Problem extends Position {
  readonly message: string;
}

export const START_OF_FILE: Position = { line: 1, column: 1 };

const MAX_MESSAGE = 1000;

/**
 * A manifest of a cloned repository is hostile text, and its keys turn up in messages on terminals: control characters
 * would colour or erase lines there, bidirectional ones would reorder them, so both are shown escaped.
 */
export function problemAt(position: Position, message: string): Problem {
  const inert = message.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return { line: position.line, column: position.column, message: inert.length > MAX_MESSAGE ? `${inert.slice(0, MAX_MESSAGE)}…` : inert };
}

/** The outcome of reading something: a value, or every problem that stands against it. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

export function passed<T>(value: T): Checked<T> {
  return { ok: true, value };
}

export function failed(...problems: readonly Problem[]): Checked<never> {
  return { ok: false, problems };
}
