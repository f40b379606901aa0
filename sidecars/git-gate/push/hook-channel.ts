import { accessSync, chmodSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { RefCommand } from "../protocol/receive-request.ts";
import { MAX_COMMANDS } from "../protocol/receive-request.ts";

/** The file descriptor of the hook's socket, as `git receive-pack` inherits it. */
export const HOOK_FD = 3;

/**
 * What git runs when a push's objects lie in its quarantine. It tells the gate what git is about to do and does as it is told;
 * the socket was handed down by the gate itself, so a question can only come from the push that it was made for. Whatever goes
 * wrong here refuses the push.
 */
const PRE_RECEIVE = `#!/bin/sh
{
  printf '%s\\n' "objects \${GIT_OBJECT_DIRECTORY-}"
  cat
  echo end
} >&${HOOK_FD}
while IFS= read -r line <&${HOOK_FD}; do
  case $line in
    accept) exit 0 ;;
    refuse) exit 1 ;;
    "say "*) printf '%s\\n' "\${line#say }" >&2 ;;
  esac
done
exit 1
`;

/** Git ignores a hook that it cannot execute, and would take every push: better not to start. */
export function installHooks(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "pre-receive");
  writeFileSync(path, PRE_RECEIVE, { mode: 0o700 });
  chmodSync(path, 0o700);
  accessSync(path, constants.X_OK);
}

export interface HookQuestion {
  /** Where the new objects are; null for a push that brings none. */
  readonly objects: string | null;
  readonly commands: readonly RefCommand[];
}

const MAX_QUESTION_BYTES = MAX_COMMANDS * 1200;

/** The gate's end of one hook's socket. */
export class HookChannel {
  readonly #socket: Duplex;
  readonly #question = Promise.withResolvers<HookQuestion | null>();
  #text = "";

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk.toString("utf8")));
    socket.on("error", () => this.#question.resolve(null));
    socket.on("close", () => this.#question.resolve(null));
  }

  /** What git asks; null when git ended without asking. */
  get question(): Promise<HookQuestion | null> {
    return this.#question.promise;
  }

  /** A line for whoever pushes. */
  say(line: string): void {
    this.#write(`say ${line}`);
  }

  answer(verdict: "accept" | "refuse"): void {
    this.#write(verdict);
  }

  close(): void {
    this.#socket.destroy();
  }

  #write(line: string): void {
    if (this.#socket.writable) this.#socket.write(`${line}\n`);
  }

  #receive(text: string): void {
    this.#text += text;
    if (this.#text.length > MAX_QUESTION_BYTES) return this.close();
    if (!/(?:^|\n)end\n$/.test(this.#text)) return;
    this.#question.resolve(parseQuestion(this.#text));
  }
}

function parseQuestion(text: string): HookQuestion | null {
  const [first = "", ...lines] = text.split("\n").slice(0, -2);
  const objects = /^objects (.*)$/.exec(first)?.[1];
  if (objects === undefined) return null;
  const commands = lines.map((line) => {
    const [old = "", next = "", ...ref] = line.split(" ");
    return { old, new: next, ref: ref.join(" ") };
  });
  return { objects: objects === "" ? null : objects, commands };
}
