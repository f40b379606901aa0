import type { Browser, ConnectOverCDPTransport } from "playwright-core";
import { chromium } from "playwright-core";
import type { DevtoolsEvent, DevtoolsPipe } from "../../main/chromium/devtools-pipe.ts";

interface ProtocolMessage {
  readonly id: number;
  readonly method: string;
  readonly params?: object;
  readonly sessionId?: string;
}

/**
 * Attaches Playwright to the DevTools pipe the shell itself uses. It gets a browser session of its own, whose id it never
 * sees: to Playwright that session is the browser.
 */
export async function connectPlaywright(pipe: DevtoolsPipe): Promise<Browser> {
  const { sessionId } = (await pipe.send("Target.attachToBrowserTarget")) as { sessionId: string };
  return await chromium.connectOverCDP(new PipeTransport(pipe, sessionId), { timeout: 20_000 });
}

class PipeTransport implements ConnectOverCDPTransport {
  onmessage?: (message: object) => void;
  onclose?: (reason?: string) => void;
  readonly #pipe: DevtoolsPipe;
  readonly #root: string;
  readonly #subscription: Disposable;
  /** Sessions that came to be inside ours; the shell has others on the same pipe. */
  readonly #sessions: Set<string>;
  readonly #inbound: object[] = [];

  constructor(pipe: DevtoolsPipe, root: string) {
    this.#pipe = pipe;
    this.#root = root;
    this.#sessions = new Set([root]);
    this.#subscription = pipe.onEvent((event) => this.#take(event));
  }

  send(message: object): void {
    const { id, method, params, sessionId } = message as ProtocolMessage;
    const session = sessionId === undefined ? {} : { sessionId };
    this.#pipe.request(method, params ?? {}, sessionId ?? this.#root, (error, result) => {
      this.#deliver({ id, ...(error === null ? { result } : { error: { code: error.code, message: error.message } }), ...session });
    });
  }

  close(): void {
    this.#subscription[Symbol.dispose]();
    this.#pipe.send("Target.detachFromTarget", { sessionId: this.#root }).catch(() => undefined);
    this.onclose?.();
  }

  #take({ method, params, sessionId }: DevtoolsEvent): void {
    if (sessionId === null || !this.#sessions.has(sessionId)) return;
    if (method === "Target.attachedToTarget") this.#sessions.add((params as { sessionId: string }).sessionId);
    this.#deliver({ method, params, ...(sessionId === this.#root ? {} : { sessionId }) });
  }

  /** Playwright waits for ever when two messages reach it in one turn of the event loop. */
  #deliver(message: object): void {
    this.#inbound.push(message);
    if (this.#inbound.length === 1) setImmediate(() => this.#deliverNext());
  }

  #deliverNext(): void {
    const message = this.#inbound[0];
    if (message === undefined) return;
    this.onmessage?.(message);
    this.#inbound.shift();
    if (this.#inbound.length > 0) setImmediate(() => this.#deliverNext());
  }
}
