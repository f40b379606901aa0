import { ObjectId } from "#common/domain/git.ts";
import type { Pkt } from "./pkt-line.ts";
import { PktLineError, PktLineReader } from "./pkt-line.ts";

/** One line of what a push asks for. */
export interface RefCommand {
  readonly old: string;
  readonly new: string;
  readonly ref: string;
}

export interface ReceiveRequest {
  readonly commands: readonly RefCommand[];
  readonly capabilities: readonly string[];
}

/** A push of more refs is no push but a flood: each one costs git a process or two here. */
export const MAX_COMMANDS = 1000;
const MAX_HEAD_BYTES = MAX_COMMANDS * 1200;

/**
 * Reads what a push asks for ahead of `git receive-pack`, from the bytes that will be handed to it: what the gate decides on
 * is compared with this, so that git cannot leave one ref out and let the others through.
 */
export class ReceiveRequestReader {
  readonly #lines = new PktLineReader();
  readonly #commands: RefCommand[] = [];
  #capabilities: string[] = [];
  #bytes = 0;

  /** The request once its list has ended; null while more is needed. Throws `PktLineError` on what no client sends. */
  push(chunk: Buffer): ReceiveRequest | null {
    this.#bytes += chunk.length;
    for (let pkt = this.#lines.next(chunk); pkt !== null; pkt = this.#lines.next(NOTHING)) {
      if (this.#isEnd(pkt)) return { commands: this.#commands, capabilities: this.#capabilities };
    }
    if (this.#bytes > MAX_HEAD_BYTES) throw new PktLineError("the list of refs has no end");
    return null;
  }

  #isEnd(pkt: Pkt): boolean {
    if ("mark" in pkt) {
      if (pkt.mark !== 0) throw new PktLineError("a mark where a ref is expected");
      return true;
    }
    const line = pkt.payload.toString("utf8").replace(/\n$/, "");
    if (!line.startsWith("shallow ")) this.#addCommand(line);
    return false;
  }

  #addCommand(line: string): void {
    const [command = "", capabilities] = line.split("\0", 2);
    const match = COMMAND.exec(command);
    if (match === null) throw new PktLineError("a line that is not a ref's update");
    if (this.#commands.length === 0) this.#capabilities = capabilities?.split(" ").filter((word) => word !== "") ?? [];
    if (this.#commands.length >= MAX_COMMANDS) throw new PktLineError(`more than ${MAX_COMMANDS} refs in one push`);
    const [, old = "", next = "", ref = ""] = match;
    this.#commands.push({ old: ObjectId.parse(old), new: ObjectId.parse(next), ref });
  }
}

const NOTHING = Buffer.alloc(0);
const COMMAND = /^((?:[0-9a-f]{40}|[0-9a-f]{64})) ((?:[0-9a-f]{40}|[0-9a-f]{64})) ([^\s\p{Cc}]+)$/u;
