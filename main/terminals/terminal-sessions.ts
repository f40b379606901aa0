import { randomUUID } from "node:crypto";
import type { BackendName, Slug } from "#common/domain/names.ts";
import type { OperatorErrorCode } from "#common/domain/operator-error.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { TopicPayload } from "#common/ipc/contract.ts";
import type { TerminalSize } from "../backends/backend.ts";
import type { TerminalHandlers, TopicBus } from "../ipc/handlers.ts";
import type { HostConnection } from "./host-connection.ts";
import { connectToHost } from "./host-connection.ts";
import type { HostFrame } from "./host-protocol.ts";

export interface TerminalSessionsOptions {
  /** `$BOT_BOTTLE_HOME/run/pty-host.sock`. */
  readonly socketPath: string;
  /** Identity of this build; a host of another one is replaced. */
  readonly build: string;
  readonly bus: Pick<TopicBus, "publish">;
  readonly startHost: () => Promise<void>;
  readonly backendOf: (slug: Slug) => Promise<BackendName> | BackendName;
}

/** The panel's side of the terminal host: closing it, or losing it, leaves every agent running. */
export interface TerminalSessions extends Disposable {
  readonly handlers: TerminalHandlers;
}

type TerminalEvent = TopicPayload<"terminal">;

interface Terminal {
  readonly id: string;
  readonly slug: Slug;
  readonly backend: BackendName;
  size: TerminalSize;
  /** What to do with the host's answer to `open`. */
  pending: { resolve(snapshot: string): void; reject(error: Error): void } | null;
  /** Held until the caller of `open` has its answer: it does not know the terminal before. */
  early: TerminalEvent[] | null;
}

export function createTerminalSessions(options: TerminalSessionsOptions): TerminalSessions {
  const sessions = new Sessions(options);
  return {
    handlers: {
      "terminal.open": ({ slug, cols, rows }) => sessions.open(slug, { cols, rows }),
      "terminal.write": async ({ terminalId, data }) => sessions.send({ kind: "input", terminalId, data }),
      "terminal.resize": async ({ terminalId, cols, rows }) => sessions.resize(terminalId, { cols, rows }),
      "terminal.ack": async ({ terminalId, chars }) => sessions.send({ kind: "ack", terminalId, chars }),
      "terminal.close": async ({ terminalId }) => sessions.close(terminalId),
    },
    [Symbol.dispose]: () => sessions[Symbol.dispose](),
  };
}

class Sessions implements Disposable {
  readonly #options: TerminalSessionsOptions;
  readonly #terminals = new Map<string, Terminal>();
  #connecting: Promise<HostConnection> | null = null;
  #connection: HostConnection | null = null;
  #disposed = false;

  constructor(options: TerminalSessionsOptions) {
    this.#options = options;
  }

  async open(slug: Slug, size: TerminalSize): Promise<{ terminalId: string; snapshot: string }> {
    const backend = await this.#options.backendOf(slug);
    const terminal: Terminal = { id: randomUUID(), slug, backend, size, pending: null, early: [] };
    this.#terminals.set(terminal.id, terminal);
    try {
      const snapshot = await this.#attach(terminal);
      setImmediate(() => this.#release(terminal));
      return { terminalId: terminal.id, snapshot };
    } catch (error) {
      this.#terminals.delete(terminal.id);
      throw error;
    }
  }

  send(
    frame: { kind: "input"; terminalId: string; data: string } | { kind: "ack"; terminalId: string; chars: number },
  ): Record<string, never> {
    this.#known(frame.terminalId);
    this.#connection?.send(frame);
    return {};
  }

  resize(terminalId: string, size: TerminalSize): Record<string, never> {
    this.#known(terminalId).size = size;
    this.#connection?.send({ kind: "resize", terminalId, ...size });
    return {};
  }

  /** Closing what is closed already is no error: an exit may have crossed it. */
  close(terminalId: string): Record<string, never> {
    if (this.#terminals.delete(terminalId)) this.#connection?.send({ kind: "close", terminalId });
    return {};
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#connection?.close();
    for (const terminal of this.#terminals.values()) terminal.pending?.reject(hostLost());
    this.#terminals.clear();
  }

  #known(terminalId: string): Terminal {
    const terminal = this.#terminals.get(terminalId);
    if (terminal === undefined)
      throw new OperatorError("not-found", { message: "This terminal is closed.", hint: "Open the bottle again." });
    return terminal;
  }

  async #attach(terminal: Terminal): Promise<string> {
    const connection = await this.#connect();
    return await new Promise((resolve, reject) => {
      terminal.pending = { resolve, reject };
      connection.send({ kind: "open", terminalId: terminal.id, backend: terminal.backend, slug: terminal.slug, ...terminal.size });
    });
  }

  #release(terminal: Terminal): void {
    const events = terminal.early ?? [];
    terminal.early = null;
    for (const event of events) this.#publish(terminal, event);
  }

  #connect(): Promise<HostConnection> {
    this.#connecting ??= connectToHost({
      ...this.#options,
      onFrame: (frame) => this.#receive(frame),
      onClose: () => this.#lost(),
    }).then(
      (connection) => {
        if (this.#disposed) connection.close();
        this.#connection = connection;
        return connection;
      },
      (error: unknown) => {
        this.#connecting = null;
        throw error;
      },
    );
    return this.#connecting;
  }

  #receive(frame: HostFrame): void {
    if (frame.kind === "hello") return;
    const terminal = this.#terminals.get(frame.terminalId);
    if (terminal === undefined) return;
    if (frame.kind === "opened") return this.#settle(terminal, (pending) => pending.resolve(frame.snapshot));
    if (frame.kind === "failed") return this.#settle(terminal, (pending) => pending.reject(hostError(frame)));
    this.#publish(terminal, frame);
  }

  #settle(terminal: Terminal, answer: (pending: NonNullable<Terminal["pending"]>) => void): void {
    const pending = terminal.pending;
    terminal.pending = null;
    if (pending !== null) answer(pending);
  }

  #publish(terminal: Terminal, event: TerminalEvent): void {
    if (terminal.early !== null) return void terminal.early.push(event);
    this.#options.bus.publish("terminal", event);
    if (event.kind === "exit") this.#terminals.delete(terminal.id);
  }

  /** The host died or was replaced: the agents did not notice, so show their screens again. */
  #lost(): void {
    this.#connection = null;
    this.#connecting = null;
    if (this.#disposed) return;
    for (const terminal of this.#terminals.values()) {
      if (terminal.pending !== null) this.#settle(terminal, (pending) => pending.reject(hostLost()));
      else void this.#reattach(terminal);
    }
  }

  async #reattach(terminal: Terminal): Promise<void> {
    try {
      const snapshot = await this.#attach(terminal);
      if (this.#terminals.has(terminal.id)) this.#publish(terminal, { kind: "resync", terminalId: terminal.id, snapshot });
    } catch {
      if (this.#terminals.has(terminal.id)) this.#publish(terminal, { kind: "exit", terminalId: terminal.id, exitCode: null });
    }
  }
}

function hostLost(): OperatorError {
  return new OperatorError("protocol", { message: "The terminal host stopped.", hint: "Open the terminal again." });
}

const CODES: ReadonlySet<string> = new Set<OperatorErrorCode>([
  "bad-input",
  "not-found",
  "engine-unavailable",
  "bundle-unreachable",
  "protocol",
  "conflict",
  "not-permitted",
  "unsupported",
]);

function hostError(frame: { code: string; message: string; hint: string | null }): OperatorError {
  const code = CODES.has(frame.code) ? (frame.code as OperatorErrorCode) : "protocol";
  return new OperatorError(code, { message: frame.message, ...(frame.hint === null ? {} : { hint: frame.hint }) });
}
