import type { Readable, Writable } from "node:stream";
import { ReadStream, WriteStream } from "node:tty";
import { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Product } from "../app/product.ts";
import type { Output } from "./output.ts";
import type { Tty } from "./tty-session.ts";

/** What every command gets. */
export interface Command {
  readonly output: Output;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Aborts on Ctrl-C and when the command is told to end. */
  readonly signal: AbortSignal;
  /** The product, opened when a command first needs it and closed after it; `mayAsk`: for values that a bottle wants typed in. */
  product(options?: { readonly mayAsk?: boolean }): Promise<Product>;
}

/** Both ends are the operator's terminal; else null. */
export function ttyOf({ stdin, stdout }: Pick<Command, "stdin" | "stdout">): Tty | null {
  return stdin instanceof ReadStream && stdin.isTTY && stdout instanceof WriteStream && stdout.isTTY ? { stdin, stdout } : null;
}

export function parseSlug(text: string): string {
  if (Slug.safeParse(text).success) return text;
  throw new OperatorError("not-found", {
    message: `${text} is not the name of a bottle`,
    hint: "See which there are with `bot-bottle list`",
  });
}
