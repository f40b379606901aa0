import type { TopicPayload } from "#common/ipc/contract.ts";
import { call, listen } from "../bridge/bridge.ts";

type TerminalEvent = TopicPayload<"terminal">;

/** What a screen does for a stream; `done` is called when the text has been parsed. */
export interface Screen {
  write(data: string, done: () => void): void;
  /** Brings the screen from any state to this one. */
  replace(snapshot: string, done: () => void): void;
  ended(exitCode: number | null): void;
}

/** Sends the latest value only, one call at a time: a dragged window edge is not a hundred resizes. */
function latestOnly<T>(send: (value: T) => Promise<unknown>): (value: T) => void {
  let next: { value: T } | null = null;
  let busy = false;
  const run = async () => {
    busy = true;
    while (next) {
      const { value } = next;
      next = null;
      await send(value).catch(() => undefined);
    }
    busy = false;
  };
  return (value) => {
    next = { value };
    if (!busy) void run();
  };
}

/** One attachment of this window to a bottle's terminal. */
export class TerminalStream {
  readonly #screen: Screen;
  readonly #stop: () => void;
  #id: string | null = null;
  /** What came before the answer to `terminal.open` told our id. */
  #early: TerminalEvent[] = [];
  /** What the operator typed meanwhile. */
  #typed = "";
  #parsed = 0;
  #acking = false;
  #closed = false;
  readonly #resize = latestOnly((size: { cols: number; rows: number }) =>
    this.#call((terminalId) => call("terminal.resize", { terminalId, ...size })),
  );

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#stop = listen("terminal", (event) => this.#take(event));
  }

  async open(slug: string, size: { cols: number; rows: number }): Promise<void> {
    const { terminalId, snapshot } = await call("terminal.open", { slug, ...size });
    this.#id = terminalId;
    if (this.#closed) {
      await call("terminal.close", { terminalId });
      return;
    }
    // The host never counted this one, so it is not acknowledged.
    this.#screen.replace(snapshot, () => undefined);
    for (const event of this.#early.splice(0)) this.#take(event);
    if (this.#typed !== "") this.type(this.#typed);
    this.#typed = "";
  }

  type(data: string): void {
    if (this.#id === null) {
      this.#typed += data;
      return;
    }
    void this.#call((terminalId) => call("terminal.write", { terminalId, data })).catch(() => undefined);
  }

  resize(size: { cols: number; rows: number }): void {
    if (this.#id) this.#resize(size);
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    void this.#call((terminalId) => call("terminal.close", { terminalId })).catch(() => undefined);
  }

  async #call(make: (terminalId: string) => Promise<unknown>): Promise<void> {
    if (this.#id) await make(this.#id);
  }

  #take(event: TerminalEvent): void {
    if (this.#closed) return;
    if (this.#id === null) {
      this.#early.push(event);
      return;
    }
    if (event.terminalId !== this.#id) return;
    if (event.kind === "data") this.#screen.write(event.data, () => this.#count(event.data.length));
    else if (event.kind === "resync") this.#screen.replace(event.snapshot, () => this.#count(event.snapshot.length));
    else this.#screen.ended(event.exitCode);
  }

  #count(chars: number): void {
    this.#parsed += chars;
    if (!this.#acking) void this.#acknowledge();
  }

  /** Acknowledges what was parsed, in as few calls as the bridge's speed allows. */
  async #acknowledge(): Promise<void> {
    this.#acking = true;
    while (this.#parsed > 0 && !this.#closed) {
      const chars = this.#parsed;
      this.#parsed = 0;
      await this.#call((terminalId) => call("terminal.ack", { terminalId, chars })).catch(() => undefined);
    }
    this.#acking = false;
  }
}
