import type { Duplex } from "node:stream";
import type { z } from "zod";
import type { DaemonHealth, DaemonName } from "#common/domain/bottle.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { BundleReady, ClientFrame, FailureCode, NumberedEvent } from "#common/wire/control.ts";
import { BundleFrame, CONTROL_PROTOCOL } from "#common/wire/control.ts";
import { encodeFrame, FrameDecoder } from "#common/wire/frame-codec.ts";
import { withDeadline } from "../platform/deadline.ts";

export type BundleSnapshot = Omit<z.infer<typeof BundleReady>, "type">;
type Request = Extract<ClientFrame, { id: number }>;
/** A request as callers write it; the client numbers it. */
export type ControlRequest = Request extends infer R ? (R extends Request ? Omit<R, "id"> : never) : never;

export interface ControlOptions {
  readonly slug: Slug;
  readonly buildId: string;
  readonly role: "panel" | "cli";
  readonly since: number | null;
  readonly greetingMs: number;
  readonly requestMs: number;
  onEvents(events: readonly NumberedEvent[]): void;
  onHealth(health: readonly DaemonHealth[], missingSecrets: readonly string[]): void;
}

/** One connection to one bundle (D6). A request resolves once its effect is live there. */
export interface ControlClient extends AsyncDisposable {
  readonly snapshot: BundleSnapshot;
  /** Resolves, never rejects, with why the connection ended. */
  readonly closed: Promise<Error>;
  /** Sends a request; resolves with the live revision after its effect. */
  request(request: ControlRequest): Promise<number>;
  restart(daemon: DaemonName): Promise<number>;
  ack(seq: number): void;
}

/** Greets the bundle behind `stream` and resolves once it is ready; the stream is destroyed when that fails. */
export async function connectControl(stream: Duplex, options: ControlOptions): Promise<ControlClient> {
  const connection = new ControlConnection(stream, options);
  try {
    const snapshot = await withDeadline(connection.ready, options.greetingMs, () =>
      unreachable(options.slug, "its bundle did not greet in time"),
    );
    return connection.client(snapshot);
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

interface Waiting {
  resolve(revision: number): void;
  reject(error: Error): void;
}

class ControlConnection {
  readonly #stream: Duplex;
  readonly #options: ControlOptions;
  readonly #decoder = new FrameDecoder();
  readonly #ready = Promise.withResolvers<BundleSnapshot>();
  readonly #closed = Promise.withResolvers<Error>();
  readonly #waiting = new Map<number, Waiting>();
  #greeted = false;
  #ended: Error | null = null;
  #lastId = 0;

  constructor(stream: Duplex, options: ControlOptions) {
    this.#stream = stream;
    this.#options = options;
    // Whoever greets may have given up already; the reason is still given by `closed`.
    this.#ready.promise.catch(() => undefined);
    stream.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    stream.on("error", (error) => this.#end(unreachable(options.slug, error.message, error)));
    stream.on("close", () => this.#end(unreachable(options.slug, "the control channel closed")));
    stream.on("end", () => this.#end(unreachable(options.slug, "the control channel ended")));
    this.#send({
      type: "hello",
      protocol: CONTROL_PROTOCOL,
      buildId: options.buildId,
      slug: options.slug,
      role: options.role,
      since: options.since,
    });
  }

  get ready(): Promise<BundleSnapshot> {
    return this.#ready.promise;
  }

  client(snapshot: BundleSnapshot): ControlClient {
    return {
      snapshot,
      closed: this.#closed.promise,
      request: (request) => this.#request(request),
      restart: (daemon) => this.#request({ type: "restart", daemon }),
      ack: (seq) => this.#send({ type: "ack", seq }),
      [Symbol.asyncDispose]: async () => this.#end(unreachable(this.#options.slug, "the control channel was closed here")),
    };
  }

  #request(request: ControlRequest): Promise<number> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<number>();
    this.#waiting.set(id, answer);
    this.#send({ ...request, id } as ClientFrame);
    const late = () => unreachable(this.#options.slug, `its bundle did not answer ${request.type} in time`);
    return withDeadline(answer.promise, this.#options.requestMs, late).finally(() => this.#waiting.delete(id));
  }

  #send(frame: ClientFrame): void {
    if (this.#ended === null) this.#stream.write(encodeFrame(frame));
  }

  #receive(chunk: Uint8Array): void {
    if (this.#ended !== null) return;
    try {
      for (const message of this.#decoder.push(chunk)) this.#handle(BundleFrame.parse(message));
    } catch (error) {
      this.#end(new OperatorError("protocol", { message: `The bundle of ${this.#options.slug} sent something unreadable`, cause: error }));
    }
  }

  #handle(frame: BundleFrame): void {
    switch (frame.type) {
      case "hello":
        return this.#greet(frame.protocol, frame.slug);
      case "ready":
        return this.#becomeReady(frame);
      case "refused":
        return this.#end(refused(this.#options.slug, frame.reason));
      case "done":
        return this.#waiting.get(frame.id)?.resolve(frame.revision);
      case "failed":
        return this.#waiting.get(frame.id)?.reject(requestFailed(frame.code, frame.message));
      case "events":
        return this.#options.onEvents(frame.events);
      case "health":
        return this.#options.onHealth(frame.health, frame.missingSecrets);
    }
  }

  /** A bundle that calls itself by another name is not the one we were asked to give credentials to. */
  #greet(protocol: number, slug: Slug): void {
    if (protocol !== CONTROL_PROTOCOL)
      return this.#end(refused(this.#options.slug, `it speaks protocol ${protocol}, this is ${CONTROL_PROTOCOL}`));
    if (slug !== this.#options.slug) return this.#end(refused(this.#options.slug, `it is the bundle of ${slug}`));
    this.#greeted = true;
  }

  #becomeReady({ type: _type, ...snapshot }: z.infer<typeof BundleReady>): void {
    if (!this.#greeted) return this.#end(refused(this.#options.slug, "it did not greet first"));
    this.#ready.resolve(snapshot);
  }

  #end(reason: Error): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    this.#stream.destroy();
    this.#ready.reject(reason);
    this.#closed.resolve(reason);
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
  }
}

function unreachable(slug: Slug, why: string, cause?: unknown): OperatorError {
  return new OperatorError("bundle-unreachable", {
    message: `Cannot reach the sidecars of ${slug}: ${why}`,
    hint: "See whether the bottle still runs with `bot-bottle list`",
    cause,
  });
}

function refused(slug: Slug, reason: string): OperatorError {
  return new OperatorError("protocol", {
    message: `The bundle of ${slug} cannot be used: ${reason}`,
    hint: "Stop the bottle and start it again with this version",
  });
}

function requestFailed(code: z.infer<typeof FailureCode>, message: string): OperatorError {
  switch (code) {
    case "stale":
      return new OperatorError("stale-revision", { message, hint: "Look at it again: the routes have changed since" });
    case "conflict":
      return new OperatorError("already-decided", { message, hint: "It is decided already; nothing was changed" });
    case "not-found":
      return new OperatorError("not-found", { message });
    case "bad-request":
      return new OperatorError("bad-input", { message });
    case "apply-failed":
      return new OperatorError("conflict", { message, hint: "The change was rolled back; try again or see the sidecars' health" });
    case "shutting-down":
      return new OperatorError("bundle-unreachable", { message, hint: "The bottle is stopping" });
  }
}
