import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { log, messageOf } from "../../kit/log.ts";
import { Turns } from "../turns.ts";
import { locate } from "./gate-target.ts";
import type { ExchangeParts } from "./git-exchange.ts";
import { GitExchange } from "./git-exchange.ts";
import { refusal, refuse } from "./http-refusal.ts";
import { BodyRoom } from "./request-body.ts";

const MAX_CONNECTIONS = 256;
const FETCHES_AT_ONCE = 16;
/** As many as are as large as a push may be; of ordinary ones there is room for hundreds. */
const PUSHES_IN_ROOM = 2;
const HEADERS_MS = 15_000;
const KEEP_ALIVE_MS = 15_000;

export interface GateServerOptions extends Omit<ExchangeParts, "fetches" | "room"> {
  readonly host: string;
  readonly port: number;
}

/** Smart HTTP as the agent sees it (D10). One agent is behind it, and it is hostile: nothing it sends gets more than 4xx out of it. */
export class GateServer {
  readonly #server: Server;
  readonly #parts: ExchangeParts;
  readonly #repos: ReadonlySet<string>;

  private constructor(options: GateServerOptions) {
    this.#parts = { ...options, fetches: new Turns(FETCHES_AT_ONCE), room: new BodyRoom(PUSHES_IN_ROOM * options.packBytes) };
    this.#repos = new Set(options.mirrors.keys());
    this.#server = createServer({
      // A push takes as long as it takes; that it moves is watched while its body is read.
      requestTimeout: 0,
      headersTimeout: HEADERS_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: 16 * 1024,
      insecureHTTPParser: false,
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#listen();
  }

  static async listen(options: GateServerOptions): Promise<GateServer> {
    const gate = new GateServer(options);
    gate.#server.listen(options.port, options.host);
    await once(gate.#server, "listening");
    return gate;
  }

  /** Takes nothing new; what is open may end until the grace is over. */
  async close(graceMs: number): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeIdleConnections();
    const late = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(late);
  }

  #listen(): void {
    const server = this.#server;
    server.on("request", (request, response) => this.#handle(request, response, () => undefined));
    server.on("checkContinue", (request, response) => this.#handle(request, response, () => response.writeContinue()));
    server.on("checkExpectation", (request, response) => refuse(request, response, refusal(417, "this expectation is not understood")));
    server.on("upgrade", (_request, socket: Socket) => endSocket(socket, "400 Bad Request"));
    server.on("connect", (_request, socket: Socket) => endSocket(socket, "405 Method Not Allowed"));
    server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => endSocket(socket, statusOf(error.code)));
  }

  #handle(request: IncomingMessage, response: ServerResponse, proceed: () => void): void {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    this.#serve(request, response, proceed).catch((error: unknown) => {
      log("error", "exchange-failed", { reason: messageOf(error) });
      response.destroy();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse, proceed: () => void): Promise<void> {
    const located = locate(request, this.#repos);
    if (!located.ok) return refuse(request, response, located.refusal);
    const exchange = new GitExchange(this.#parts, located.target, request, response);
    if (located.target.kind === "advertise") await exchange.advertise();
    else await exchange.exchange(proceed);
  }
}

function statusOf(code: string | undefined): string {
  if (code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? "408 Request Timeout" : "400 Bad Request";
}

function endSocket(socket: Socket, status: string): void {
  socket.on("error", () => undefined);
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  else socket.destroy();
}
