import { z } from "zod";
import type { IpcReply, TopicName, TopicPayload } from "#common/ipc/contract.ts";
import { methods, topics } from "#common/ipc/contract.ts";
import type { Logger } from "../platform/logger.ts";
import type { TopicBus } from "./handlers.ts";
import type { Dispatch } from "./router.ts";

/** One load of a window's page. A reload is a new one: what the page held, its terminals too, went with it. */
export interface WindowConnection {
  call(method: string, input: unknown): Promise<IpcReply>;
  close(): void;
}

export interface WindowGateway extends Disposable {
  connect(send: (topic: TopicName, payload: unknown) => void): WindowConnection;
}

const OpenedTerminal = methods["terminal.open"].output;
const TerminalRef = z.object({ terminalId: z.string() });

/** Joins windows to the use-cases: calls in, topics out. A window gets bytes of the terminals it opened and of no other. */
export function createWindowGateway(parts: { dispatch: Dispatch; bus: TopicBus; logger: Logger }): WindowGateway {
  const windows = new Set<Window>();
  const subscription = parts.bus.subscribe((topic, payload) => {
    if (windows.size === 0) return;
    const parsed = topics[topic].safeParse(payload);
    if (!parsed.success) return parts.logger.log("error", "ipc.bad-topic", { topic, error: parsed.error.message });
    for (const window of windows) window.receive(topic, parsed.data as TopicPayload<typeof topic>);
  });
  return {
    connect(send) {
      const window = new Window(parts.dispatch, send, () => windows.delete(window));
      windows.add(window);
      return window;
    },
    [Symbol.dispose]() {
      subscription[Symbol.dispose]();
      for (const window of [...windows]) window.close();
    },
  };
}

class Window implements WindowConnection {
  readonly #dispatch: Dispatch;
  readonly #send: (topic: TopicName, payload: unknown) => void;
  readonly #forget: () => void;
  readonly #terminals = new Set<string>();
  #closed = false;

  constructor(dispatch: Dispatch, send: (topic: TopicName, payload: unknown) => void, forget: () => void) {
    this.#dispatch = dispatch;
    this.#send = send;
    this.#forget = forget;
  }

  async call(method: string, input: unknown): Promise<IpcReply> {
    const reply = await this.#dispatch(method, input);
    if (method === "terminal.open" && reply.ok) this.#own(OpenedTerminal.parse(reply.value).terminalId);
    if (method === "terminal.close") this.#terminals.delete(TerminalRef.safeParse(input).data?.terminalId ?? "");
    return reply;
  }

  receive(topic: TopicName, payload: TopicPayload<TopicName>): void {
    if (topic === "terminal" && !this.#terminals.has(TerminalRef.parse(payload).terminalId)) return;
    this.#send(topic, payload);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget();
    for (const terminalId of this.#terminals) this.#release(terminalId);
  }

  #own(terminalId: string): void {
    // Opened for a page that was gone before the answer came.
    if (this.#closed) this.#release(terminalId);
    else this.#terminals.add(terminalId);
  }

  #release(terminalId: string): void {
    void this.#dispatch("terminal.close", { terminalId });
  }
}
