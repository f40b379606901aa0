import type { TerminalSize, TerminalStream } from "../backends/backend.ts";
import { HeadlessScreen } from "./headless-screen.ts";
import { OutputFilter } from "./output-filter.ts";
import type { FlowSource, WindowSink } from "./window-flow.ts";
import { WindowFlow } from "./window-flow.ts";

/** Output the screen has not parsed yet; above it the program waits, as it would for any terminal, but never for a window. */
const MAX_UNPARSED_CHARS = 128 * 1024;
/** However much arrives at once, windows and screen get it in pieces that flow control can hold back. */
const PIECE_BYTES = 64 * 1024;
/** Input a program does not read; what comes beyond it is refused. */
const MAX_UNREAD_INPUT_BYTES = 4 * 1024 * 1024;

export interface SessionClient extends WindowSink {
  exit(exitCode: number | null): void;
}

/** One window's look at a session. */
export interface Attachment {
  readonly snapshot: string;
  acknowledge(chars: number): void;
  detach(): void;
}

interface Watcher {
  readonly client: SessionClient;
  readonly flow: WindowFlow;
}

/** One program's terminal: its stream, the screen kept of it, and the windows that look at it. */
export class TerminalSession {
  /** Settles when the program has ended, or its stream was cut, and every client has been told. */
  readonly ended: Promise<void>;
  readonly #stream: TerminalStream;
  readonly #screen: HeadlessScreen;
  readonly #source: FlowSource;
  readonly #watchers = new Set<Watcher>();
  #unparsedChars = 0;
  #onRoom: (() => void) | null = null;
  #end: { readonly exitCode: number | null } | null = null;

  constructor(stream: TerminalStream, size: TerminalSize) {
    this.#stream = stream;
    // An answer the program does not read is lost, as on a real line.
    this.#screen = new HeadlessScreen(size, (reply) => void this.write(reply));
    this.#source = {
      frame: () => this.#screen.snapshot(0),
      settle: (onSnapshot) => this.#screen.write("", () => onSnapshot(this.#screen.snapshot())),
    };
    this.ended = this.#run();
  }

  /** The screen takes the size of whoever attached or resized last. */
  async attach(client: SessionClient, size: TerminalSize): Promise<Attachment> {
    // An engine that cannot resize any more must not keep the last screen from whoever looks for it.
    await this.resize(size).catch(() => undefined);
    const watcher = { client, flow: new WindowFlow(client, this.#source) };
    this.#watchers.add(watcher);
    const snapshot = await watcher.flow.open();
    // After the caller has shown the snapshot.
    if (this.#end !== null && this.#watchers.has(watcher)) setImmediate(this.#tell, watcher, this.#end);
    return {
      snapshot,
      acknowledge: (chars) => watcher.flow.acknowledge(chars),
      detach: () => this.#forget(watcher),
    };
  }

  /** False where the program is gone or does not read. */
  write(data: string): boolean {
    if (this.#end !== null || !this.#stream.input.writable || this.#stream.input.writableLength > MAX_UNREAD_INPUT_BYTES) return false;
    this.#stream.input.write(data);
    return true;
  }

  async resize(size: TerminalSize): Promise<void> {
    this.#screen.resize(size);
    if (this.#end === null) await this.#stream.resize(size.cols, size.rows);
  }

  /** Lets go of the stream; the program goes on. */
  async cut(): Promise<void> {
    await this.#stream[Symbol.asyncDispose]();
    await this.ended;
  }

  async #run(): Promise<void> {
    const exited = this.#stream.exited.catch(() => null);
    await this.#readOutput();
    const end = { exitCode: await exited };
    await this.#parsed();
    this.#end = end;
    const watchers = [...this.#watchers];
    for (const watcher of watchers) watcher.flow.finish();
    // Behind the last picture of a window that had fallen behind.
    await this.#parsed();
    for (const watcher of watchers) this.#tell(watcher, end);
    await this.#stream[Symbol.asyncDispose]();
  }

  /** Settles when the screen has parsed everything it was given so far. */
  #parsed(): Promise<void> {
    return new Promise((resolve) => this.#screen.write("", resolve));
  }

  readonly #tell = (watcher: Watcher, end: { readonly exitCode: number | null }): void => {
    if (!this.#watchers.has(watcher)) return;
    this.#forget(watcher);
    watcher.client.exit(end.exitCode);
  };

  async #readOutput(): Promise<void> {
    const filter = new OutputFilter();
    const decoder = new TextDecoder("utf-8");
    // The loop goes on past what reading throws: a cut stream is an end too, told by its missing exit code.
    try {
      for await (const chunk of this.#stream.output as AsyncIterable<Buffer>) {
        for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
          const { screen, safe } = filter.push(decoder.decode(chunk.subarray(from, from + PIECE_BYTES), { stream: true }));
          for (const watcher of this.#watchers) watcher.flow.offer(safe);
          await this.#parse(screen);
        }
      }
    } catch {
      return;
    }
  }

  /** Hands text to the screen; waits while too much of it is unparsed. */
  async #parse(text: string): Promise<void> {
    if (text === "") return;
    this.#unparsedChars += text.length;
    this.#screen.write(text, () => {
      this.#unparsedChars -= text.length;
      if (this.#unparsedChars <= MAX_UNPARSED_CHARS) this.#onRoom?.();
    });
    if (this.#unparsedChars <= MAX_UNPARSED_CHARS) return;
    await new Promise<void>((resolve) => {
      this.#onRoom = resolve;
    });
    this.#onRoom = null;
  }

  #forget(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    watcher.flow[Symbol.dispose]();
  }
}
