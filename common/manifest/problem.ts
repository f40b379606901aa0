import { inertLine } from "./inert-line.ts";

/** Where in a file something is, counted from 1; `endColumn` is the first one after it. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** What is wrong with one manifest, at a place an editor can jump to. */
export interface Problem extends Position {
  readonly message: string;
  /** The line and, below it, a caret under what is meant; empty where there is no line to show. */
  readonly excerpt: string;
}

export const START_OF_FILE: Position = { line: 1, column: 1, endColumn: 1 };

const MAX_MESSAGE = 1000;

/** Of hostile text too: keys of a cloned repository's manifest turn up in messages on terminals. */
export function problemAt({ line, column, endColumn }: Position, message: string, excerpt = ""): Problem {
  const inert = inertLine(message);
  return { line, column, endColumn, message: inert.length > MAX_MESSAGE ? `${inert.slice(0, MAX_MESSAGE)}…` : inert, excerpt };
}

/** The outcome of reading something: a value, or every problem that stands against it. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

export function passed<T>(value: T): Checked<T> {
  return { ok: true, value };
}

export function failed(...problems: readonly Problem[]): Checked<never> {
  return { ok: false, problems };
}
