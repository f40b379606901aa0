import type { Readable, Writable } from "node:stream";

/** An event of the browser (no session) or of a target attached to. */
export interface DevtoolsEvent {
  readonly method: string;
  readonly params: unknown;
  readonly sessionId: string | null;
}

export class DevtoolsError extends Error {
  override readonly name = "DevtoolsError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly sessionId?: string;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

type OnReply = (error: DevtoolsError | null, result: unknown) => void;

/** The browser's DevTools over an inherited pipe: JSON texts ended by NUL. No port is opened that others could reach (D1). */
export class DevtoolsPipe {
  readonly #input: Writable;
  readonly #waiting = new Map<number, OnReply>();
  readonly #listeners = new Set<(event: DevtoolsEvent) => void>();
  #lastId = 0;
  #partial: Buffer[] = [];
  #closed = false;

  /** `input` is what the browser reads, `output` what it writes. */
  constructor(input: Writable, output: Readable) {
    this.#input = input;
    input.on("error", () => this.#close());
    output.on("data", (chunk: Buffer) => this.#receive(chunk));
    output.on("error", () => this.#close());
    output.on("close", () => this.#close());
  }

  send(method: string, params: object = {}, sessionId: string | null = null): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.request(method, params, sessionId, (error, result) => (error === null ? resolve(result) : reject(error)));
    });
  }

  /** As `send`, but answers at once: for who must see answers and events in the order the browser wrote them. */
  request(method: string, params: object, sessionId: string | null, onReply: OnReply): void {
    if (this.#closed) return onReply(browserGone(), null);
    const id = ++this.#lastId;
    this.#waiting.set(id, onReply);
    this.#input.write(`${JSON.stringify({ id, method, params, ...(sessionId === null ? {} : { sessionId }) })}\0`);
  }

  onEvent(listener: (event: DevtoolsEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #receive(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(0, from); end !== -1; end = chunk.indexOf(0, from)) {
      const text = Buffer.concat([...this.#partial, chunk.subarray(from, end)]).toString("utf8");
      this.#partial = [];
      from = end + 1;
      this.#handle(JSON.parse(text) as Message);
    }
    if (from < chunk.length) this.#partial.push(chunk.subarray(from));
  }

  #handle(message: Message): void {
    if (message.id === undefined) {
      const event = { method: message.method ?? "", params: message.params, sessionId: message.sessionId ?? null };
      for (const listener of [...this.#listeners]) listener(event);
      return;
    }
    const onReply = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    onReply?.(message.error === undefined ? null : new DevtoolsError(message.error.code, message.error.message), message.result);
  }

  #close(): void {
    this.#closed = true;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const onReply of waiting) onReply(browserGone(), null);
  }
}

function browserGone(): DevtoolsError {
  return new DevtoolsError(0, "the browser is gone");
}
