import { once } from "node:events";
import { chmodSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { createServer } from "node:net";
import type { ControlDesk } from "./control-desk.ts";
import type { SessionLimits } from "./control-session.ts";
import { ControlSession, DEFAULT_SESSION_LIMITS } from "./control-session.ts";

const MAX_CLIENTS = 32;
/** For clients to take what was said to them, at the end. */
const CLOSE_MS = 500;

/** The control channel's socket: whoever may open it is the operator (SID-3), so it lies in a folder that is private. */
export class ControlServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sessions: Set<ControlSession>;
  readonly #untold = new Set<"health" | "git">();

  private constructor(server: Server, sessions: Set<ControlSession>) {
    this.#server = server;
    this.#sessions = sessions;
  }

  static async listen(path: string, desk: ControlDesk, limits: SessionLimits = DEFAULT_SESSION_LIMITS): Promise<ControlServer> {
    const sessions = new Set<ControlSession>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const session = new ControlSession(socket, desk, limits);
      sessions.add(session);
      session.ended.addEventListener("abort", () => sessions.delete(session), { once: true });
    });
    server.maxConnections = MAX_CLIENTS;
    // Left behind by a run that was killed: nobody can listen on it any more.
    rmSync(path, { force: true });
    server.listen(path);
    await once(server, "listening");
    chmodSync(path, 0o600);
    return new ControlServer(server, sessions);
  }

  /** Tells every subscribed client how the daemons are; several calls in one turn are one message. */
  tellHealth(): void {
    this.#tellSoon("health", (session) => session.sendHealth());
  }

  /** Tells every subscribed client of repositories and pushes that wait. */
  tellGit(): void {
    this.#tellSoon("git", (session) => session.sendGit());
  }

  #tellSoon(what: "health" | "git", send: (session: ControlSession) => void): void {
    if (this.#untold.has(what)) return;
    this.#untold.add(what);
    setImmediate(() => {
      this.#untold.delete(what);
      for (const session of this.#sessions) send(session);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    const sessions = [...this.#sessions];
    for (const session of sessions) session.close();
    const stalled = setTimeout(() => {
      for (const session of sessions) session[Symbol.dispose]();
    }, CLOSE_MS);
    await closed;
    clearTimeout(stalled);
  }
}
