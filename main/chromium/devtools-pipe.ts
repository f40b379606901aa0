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

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The browser's DevTools over an inherited pipe: JSON texts ended by NUL. No port is opened that others could reach (D1). */
export class DevtoolsPipe {
  readonly #input: Writable;
  readonly #waiting = new Map<number, Waiting>();
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
    if (this.#closed) return Promise.reject(browserGone());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#input.write(`${JSON.stringify({ id, method, params, ...(sessionId === null ? {} : { sessionId }) })}\0`);
    });
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
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error !== undefined) waiting?.reject(new DevtoolsError(message.error.code, message.error.message));
    else waiting?.resolve(message.result);
  }

  #close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(browserGone());
    this.#waiting.clear();
  }
}

function browserGone(): DevtoolsError {
  return new DevtoolsError(0, "the browser is gone");
}
