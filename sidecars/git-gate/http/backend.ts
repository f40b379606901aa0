import type { ChildProcess } from "node:child_process";
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { log } from "../../kit/log.ts";
import type { Programs } from "../programs.ts";
import { exited, roomIn } from "../programs.ts";
import type { GitService } from "./gate-target.ts";

export interface BackendOptions {
  readonly service: GitService;
  readonly gitDir: string;
  readonly advertise: boolean;
  /** The client's protocol version, checked; null for the oldest. */
  readonly protocol: string | null;
  /** What a client that takes nothing is given. */
  readonly idleMs: number;
}

const CUT_OFF_MS = 20_000;
/**
 * Sixteen kilobytes of delta can name an object of a gigabyte, which git puts together in memory. What is sent whole is streamed to
 * the disk, whatever its size.
 */
const MAX_OBJECT_IN_MEMORY = "192m";

/** One run of git's server side for one request, its input and output streamed at the pace of the slower side. */
export class Backend {
  readonly #programs: Programs;
  readonly #child: ChildProcess;
  readonly #options: BackendOptions;
  readonly #exited: Promise<number | null>;

  constructor(programs: Programs, options: BackendOptions) {
    const { service, gitDir, advertise, protocol } = options;
    const args = [service.slice("git-".length), "--stateless-rpc", ...(advertise ? ["--http-backend-info-refs"] : []), gitDir];
    const taking = service === "git-receive-pack" && !advertise;
    const env = { ...(protocol === null ? {} : { GIT_PROTOCOL: protocol }), ...(taking ? { GIT_ALLOC_LIMIT: MAX_OBJECT_IN_MEMORY } : {}) };
    this.#programs = programs;
    this.#options = options;
    // What the hook of a push says and hears goes over the fourth file.
    this.#child = programs.spawn("git", args, ["pipe", "pipe", "ignore", taking ? "pipe" : "ignore"], env);
    this.#child.stdin?.on("error", () => undefined);
    this.#exited = exited(this.#child);
  }

  get hookSocket(): Duplex {
    return this.#child.stdio[3] as Duplex;
  }

  get exited(): Promise<number | null> {
    return this.#exited;
  }

  /** Hands the input over; stops early when git wants no more of it. */
  async feed(chunks: AsyncIterable<Buffer>): Promise<void> {
    const { stdin } = this.#child;
    if (stdin === null) return;
    for await (const chunk of chunks) {
      if (!stdin.writable) return;
      if (!stdin.write(chunk)) await roomIn(stdin);
    }
    stdin.end();
  }

  /**
   * Sends what git says, once it says something. False when it failed without a word, as it does on what is malformed: nothing
   * is answered yet then. A client that hung up costs nothing; git is heard to its end all the same.
   */
  async answer(response: ServerResponse, type: string, observe: (chunk: Buffer) => void, preamble: Buffer = NOTHING): Promise<boolean> {
    const { stdout } = this.#child;
    if (stdout === null) return false;
    for await (const chunk of stdout) {
      observe(chunk as Buffer);
      if (!response.headersSent) begin(response, type, preamble);
      await send(response, chunk as Buffer, this.#options.idleMs);
    }
    const code = await this.#exited;
    if (!response.headersSent && code !== 0) {
      log("info", "git-refused-request", { service: this.#options.service, code });
      return false;
    }
    if (!response.headersSent) begin(response, type, preamble);
    response.end();
    return true;
  }

  /** The client is gone before it had said all. Git, at the end of its input, tidies its quarantine up, which a signal could cut short. */
  cutOff(): void {
    this.#child.stdin?.destroy();
    const late = setTimeout(() => this.end(), CUT_OFF_MS);
    this.#child.once("exit", () => clearTimeout(late));
  }

  /** Nobody wants its answer any more. */
  end(): void {
    this.#child.stdin?.destroy();
    this.#programs.end(this.#child);
  }
}

const NOTHING = Buffer.alloc(0);

/** The head of an answer of git's. */
export function begin(response: ServerResponse, type: string, preamble: Buffer = NOTHING): ServerResponse {
  if (response.destroyed) return response;
  response.writeHead(200, { "content-type": type, "cache-control": "no-cache, max-age=0, must-revalidate" });
  if (preamble.length > 0) response.write(preamble);
  return response;
}

async function send(response: ServerResponse, chunk: Buffer, idleMs: number): Promise<void> {
  if (response.destroyed || response.write(chunk)) return;
  const late = setTimeout(() => response.destroy(), idleMs);
  await roomIn(response);
  clearTimeout(late);
}
