import type { Socket } from "node:net";
import { z } from "zod";
import { buildId } from "#common/build-id.ts";
import type { BundleFrame, ClientHello } from "#common/wire/control.ts";
import { ClientFrame, CONTROL_PROTOCOL } from "#common/wire/control.ts";
import { encodeFrame, FrameDecoder } from "#common/wire/frame-codec.ts";
import { log, messageOf } from "../kit/log.ts";
import type { ControlDesk, ControlRequest } from "./control-desk.ts";
import { pumpEvents } from "./event-pump.ts";

export interface SessionLimits {
  /** From connection to `hello`. */
  readonly helloMs: number;
  /** Answers that a client lets pile up before it is dropped; it can come back with `since`. */
  readonly unreadBytes: number;
  readonly requestsAtOnce: number;
}

export const DEFAULT_SESSION_LIMITS: SessionLimits = { helloMs: 5000, unreadBytes: 16 * 1024 * 1024, requestsAtOnce: 64 };

/** One client of the control channel, from `hello` to its end. What it does wrong ends this session and no other. */
export class ControlSession implements Disposable {
  readonly #socket: Socket;
  readonly #desk: ControlDesk;
  readonly #limits: SessionLimits;
  readonly #decoder = new FrameDecoder();
  readonly #ended = new AbortController();
  readonly #helloTimer: NodeJS.Timeout;
  #greeted = false;
  #subscribed = false;
  #running = 0;
  #inputEnded = false;

  constructor(socket: Socket, desk: ControlDesk, limits: SessionLimits) {
    this.#socket = socket;
    this.#desk = desk;
    this.#limits = limits;
    this.#helloTimer = setTimeout(() => this.#refuse("no hello came"), limits.helloMs);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("end", () => this.#endInput());
    socket.on("error", (error) => log("info", "control-client-failed", { reason: error.message }));
    socket.on("close", () => this[Symbol.dispose]());
  }

  /** Resolves when the session is over. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  sendHealth(): void {
    if (this.#subscribed) this.#send({ type: "health", health: this.#desk.health(), missingSecrets: this.#desk.missingSecrets() });
  }

  sendGit(): void {
    if (this.#subscribed) this.#send({ type: "git", ...this.#desk.git() });
  }

  /** Ends once what was said already is delivered. */
  close(): void {
    clearTimeout(this.#helloTimer);
    this.#ended.abort();
    this.#socket.destroySoon();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#helloTimer);
    this.#ended.abort();
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#ended.signal.aborted) return;
    try {
      for (const message of this.#decoder.push(chunk)) this.#handle(message);
    } catch (error) {
      this.#refuse(messageOf(error));
    }
  }

  #handle(message: unknown): void {
    if (this.#ended.signal.aborted) return;
    const parsed = ClientFrame.safeParse(message);
    if (!parsed.success) return this.#handleInvalid(message, parsed.error);
    const frame = parsed.data;
    if (frame.type === "hello") return this.#greeted ? this.#refuse("hello came twice") : this.#greet(frame);
    if (!this.#greeted) return this.#refuse("hello must come first");
    if (frame.type === "ack") return this.#desk.acknowledge(frame.seq);
    this.#perform(frame);
  }

  /** The paths of what is wrong, never the values: a frame may hold credentials. */
  #handleInvalid(message: unknown, error: z.ZodError): void {
    const envelope = Envelope.safeParse(message);
    const problem = `invalid ${error.issues.map(({ path }) => path.join(".") || "frame").join(", ")}`.slice(0, 500);
    if (!this.#greeted || !envelope.success) return this.#refuse(problem);
    this.#send({ type: "failed", id: envelope.data.id, code: "bad-request", message: problem });
  }

  #greet(hello: z.infer<typeof ClientHello>): void {
    clearTimeout(this.#helloTimer);
    if (hello.protocol !== CONTROL_PROTOCOL) return this.#refuse(`protocol ${hello.protocol} is not spoken here, ${CONTROL_PROTOCOL} is`);
    if (hello.slug !== this.#desk.slug) return this.#refuse(`this is the bundle of ${this.#desk.slug}`);
    this.#greeted = true;
    this.#send({ type: "hello", protocol: CONTROL_PROTOCOL, buildId, slug: this.#desk.slug });
    this.#answer(this.#begin(hello.since));
  }

  async #begin(since: number | null): Promise<BundleFrame> {
    await this.#desk.settled();
    if (since !== null) setImmediate(() => this.#subscribe(since));
    return this.#desk.ready();
  }

  #subscribe(since: number): void {
    if (this.#ended.signal.aborted) return;
    this.#subscribed = true;
    pumpEvents(this.#desk.journal, this.#socket, since, this.#ended.signal).catch((error: unknown) => this.#fail(error));
  }

  #perform(request: ControlRequest): void {
    if (this.#running >= this.#limits.requestsAtOnce) return this.#refuse("too many requests at once");
    this.#answer(this.#desk.perform(request, this.#ended.signal));
  }

  #answer(answer: Promise<BundleFrame>): void {
    this.#running += 1;
    answer
      .then((frame) => this.#send(frame))
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#running -= 1;
        if (this.#inputEnded && this.#running === 0) this.close();
      });
  }

  /** A client may close its side first, as `ctl` does at the end of its input: it still gets every answer. */
  #endInput(): void {
    this.#inputEnded = true;
    if (this.#running === 0) this.close();
  }

  #send(frame: BundleFrame): void {
    if (this.#socket.destroyed || !this.#socket.writable) return;
    this.#socket.write(encodeFrame(frame));
    if (this.#socket.writableLength > this.#limits.unreadBytes) this[Symbol.dispose]();
  }

  #refuse(reason: string): void {
    if (this.#ended.signal.aborted) return;
    log("warn", "control-client-refused", { reason });
    this.#send({ type: "refused", reason });
    this.close();
  }

  #fail(error: unknown): void {
    log("error", "control-session-failed", { reason: messageOf(error) });
    this[Symbol.dispose]();
  }
}

const Envelope = z.object({ type: z.string(), id: z.int().min(1) });
