import type { Server, Socket } from "node:net";
import { OperatorError } from "#common/domain/operator-error.ts";
import { encodeFrame, FrameDecoder } from "#common/wire/frame-codec.ts";
import type { Backend } from "../backends/backend.ts";
import { listenExclusively } from "../platform/exclusive-socket.ts";
import type { Logger } from "../platform/logger.ts";
import type { HostFrame } from "./host-protocol.ts";
import { ClientFrame, HOST_PROTOCOL } from "./host-protocol.ts";
import type { Attachment, SessionClient } from "./session.ts";
import { TerminalSession } from "./session.ts";

export interface TerminalHostOptions {
  readonly socketPath: string;
  readonly build: string;
  readonly backends: readonly Backend[];
  readonly logger: Logger;
  /** How long the host stays with neither a session nor a client. */
  readonly idleMs: number;
}

export interface TerminalHost extends AsyncDisposable {
  /** Settles when nothing needs the host any more. */
  readonly idle: Promise<void>;
}

type OpenFrame = Extract<ClientFrame, { kind: "open" }>;

/** Null where another host serves this home already. */
export async function startTerminalHost(options: TerminalHostOptions): Promise<TerminalHost | null> {
  const host = new Host(options);
  return (await host.listen()) ? host : null;
}

class Host implements TerminalHost {
  readonly idle: Promise<void>;
  readonly options: TerminalHostOptions;
  readonly #sessions = new Map<string, Promise<TerminalSession>>();
  readonly #clients = new Set<Client>();
  readonly #stopping = new AbortController();
  #server: Server | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #onIdle: () => void = () => undefined;

  constructor(options: TerminalHostOptions) {
    this.options = options;
    this.idle = new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  async listen(): Promise<boolean> {
    this.#server = await listenExclusively(this.options.socketPath, (socket) => this.#welcome(socket));
    if (this.#server === null) return false;
    this.#considerIdle();
    return true;
  }

  /** The session of a bottle's agent, opened where there is none. */
  session(frame: OpenFrame): Promise<TerminalSession> {
    const key = `${frame.backend}/${frame.slug}`;
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const opening = this.#open(frame);
    this.#sessions.set(key, opening);
    const forget = () => {
      if (this.#sessions.get(key) === opening) this.#sessions.delete(key);
      this.#considerIdle();
    };
    opening.then((session) => session.ended).then(forget, forget);
    return opening;
  }

  /** Gives the socket up, so that a host of another build can take it; the engine keeps the agents' output for it. */
  retire(): void {
    this.#server?.close();
    this.#onIdle();
  }

  forget(client: Client): void {
    this.#clients.delete(client);
    this.#considerIdle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#server?.close();
    for (const client of this.#clients) client.destroy();
    const sessions = await Promise.allSettled(this.#sessions.values());
    await Promise.all(sessions.map((opened) => (opened.status === "fulfilled" ? opened.value.cut() : undefined)));
  }

  async #open(frame: OpenFrame): Promise<TerminalSession> {
    const backend = this.options.backends.find((candidate) => candidate.name === frame.backend);
    if (backend === undefined) throw new OperatorError("unsupported", { message: `This host has no ${frame.backend} backend.` });
    const size = { cols: frame.cols, rows: frame.rows };
    return new TerminalSession(await backend.openTerminal(frame.slug, size, this.#stopping.signal), size);
  }

  #welcome(socket: Socket): void {
    const client = new Client(this, socket);
    this.#clients.add(client);
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
  }

  #considerIdle(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    if (this.#clients.size > 0 || this.#sessions.size > 0 || this.#stopping.signal.aborted) return;
    this.#idleTimer = setTimeout(() => this.retire(), this.options.idleMs);
  }
}

/** One panel or command line at the socket. */
class Client {
  readonly #host: Host;
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  readonly #terminals = new Map<string, { session: TerminalSession; attachment: Attachment }>();
  /** Asked for, not open yet, and not closed meanwhile. */
  readonly #opening = new Set<string>();

  constructor(host: Host, socket: Socket) {
    this.#host = host;
    this.#socket = socket;
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => this.#leave());
    this.#send({ kind: "hello", protocol: HOST_PROTOCOL, build: host.options.build });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const message of this.#decoder.push(chunk)) this.#handle(ClientFrame.parse(message));
    } catch (error) {
      this.#host.options.logger.log("warn", "terminal-host.bad-frame", { error: String(error) });
      this.destroy();
    }
  }

  #handle(frame: ClientFrame): void {
    switch (frame.kind) {
      case "hello":
        return;
      case "open":
        return void this.#open(frame);
      case "input":
        this.#terminals.get(frame.terminalId)?.session.write(frame.data);
        return;
      case "resize":
        // The engine may have lost the program meanwhile: the exit that follows says so.
        this.#terminals
          .get(frame.terminalId)
          ?.session.resize(frame)
          .catch(() => undefined);
        return;
      case "ack":
        return this.#terminals.get(frame.terminalId)?.attachment.acknowledge(frame.chars);
      case "close":
        return this.#close(frame.terminalId);
      case "retire":
        return this.#host.retire();
    }
  }

  async #open(frame: OpenFrame): Promise<void> {
    this.#opening.add(frame.terminalId);
    try {
      const session = await this.#host.session(frame);
      const attachment = await session.attach(this.#sinkOf(frame.terminalId), frame);
      if (!this.#opening.delete(frame.terminalId)) return attachment.detach();
      this.#terminals.set(frame.terminalId, { session, attachment });
      this.#send({ kind: "opened", terminalId: frame.terminalId, snapshot: attachment.snapshot });
    } catch (error) {
      this.#opening.delete(frame.terminalId);
      this.#send({ kind: "failed", terminalId: frame.terminalId, ...this.#describe(error) });
    }
  }

  #describe(error: unknown): { code: string; message: string; hint: string | null } {
    if (error instanceof OperatorError) return { code: error.code, message: error.message, hint: error.hint };
    this.#host.options.logger.log("error", "terminal-host.open-failed", { error: error instanceof Error ? error.stack : String(error) });
    return { code: "internal", message: "The terminal could not be opened.", hint: "The terminal host's log has the details." };
  }

  #sinkOf(terminalId: string): SessionClient {
    return {
      data: (data) => this.#send({ kind: "data", terminalId, data }),
      resync: (snapshot) => this.#send({ kind: "resync", terminalId, snapshot }),
      exit: (exitCode) => {
        this.#send({ kind: "exit", terminalId, exitCode });
        this.#terminals.delete(terminalId);
      },
    };
  }

  #close(terminalId: string): void {
    this.#opening.delete(terminalId);
    this.#terminals.get(terminalId)?.attachment.detach();
    this.#terminals.delete(terminalId);
  }

  #leave(): void {
    this.#opening.clear();
    for (const { attachment } of this.#terminals.values()) attachment.detach();
    this.#terminals.clear();
    this.#host.forget(this);
  }

  #send(frame: HostFrame): void {
    // Flow control bounds what can wait here: every terminal sends only what its window acknowledges.
    if (!this.#socket.destroyed) this.#socket.write(encodeFrame(frame));
  }
}
