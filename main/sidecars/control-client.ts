import type { Duplex } from "node:stream";
import type { z } from "zod";
import type { DaemonHealth, DaemonName } from "#common/domain/bottle.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { BundleReady, ClientFrame, NumberedEvent } from "#common/wire/control.ts";
import { BundleFrame, CONTROL_PROTOCOL } from "#common/wire/control.ts";
import { encodeFrame, FrameDecoder } from "#common/wire/frame-codec.ts";
import { withDeadline } from "../platform/deadline.ts";
import { refused, requestFailed, unreachable } from "./control-failure.ts";

export type BundleSnapshot = Omit<z.infer<typeof BundleReady>, "type">;
type Request = Extract<ClientFrame, { id: number }>;
/** A request as callers write it; the client numbers it. */
export type ControlRequest = Request extends infer R ? (R extends Request ? Omit<R, "id"> : never) : never;
/** What a held push changes, as far as the bundle tells it. */
export type PushDiff = Pick<Extract<BundleFrame, { type: "push-diff" }>, "files" | "cut">;
/** The gate's picture, as a whole. */
export type GitPicture = Pick<BundleSnapshot, "repos" | "pushes">;

export interface ControlOptions {
  readonly slug: Slug;
  readonly buildId: string;
  readonly role: "panel" | "cli";
  readonly since: number | null;
  readonly greetingMs: number;
  readonly requestMs: number;
  onEvents(events: readonly NumberedEvent[]): void;
  onHealth(health: readonly DaemonHealth[], missingSecrets: readonly string[]): void;
  onGit(picture: GitPicture): void;
}

/** One connection to one bundle (D6). A request resolves once its effect is live there. */
export interface ControlClient extends AsyncDisposable {
  readonly snapshot: BundleSnapshot;
  /** Resolves, never rejects, with why the connection ended. */
  readonly closed: Promise<Error>;
  /** Sends a request; resolves with the live revision after its effect. */
  request(request: ControlRequest): Promise<number>;
  restart(daemon: DaemonName): Promise<number>;
  readPush(pushId: string): Promise<PushDiff>;
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

type Answer = Extract<BundleFrame, { type: "done" | "push-diff" }>;

interface Waiting {
  readonly request: Request["type"];
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** Requests whose effect lies beyond the bundle: an upstream far away takes a large push, or does not answer. */
const PATIENT_MS: Partial<Record<Request["type"], number>> = {
  "decide-push": 30 * 60_000,
  "refresh-repo": 5 * 60_000,
  "read-push": 60_000,
};

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
      request: async (request) => revisionOf(await this.#request(request)),
      restart: async (daemon) => revisionOf(await this.#request({ type: "restart", daemon })),
      readPush: async (pushId) => diffOf(await this.#request({ type: "read-push", pushId })),
      ack: (seq) => this.#send({ type: "ack", seq }),
      [Symbol.asyncDispose]: async () => this.#end(unreachable(this.#options.slug, "the control channel was closed here")),
    };
  }

  #request(request: ControlRequest): Promise<Answer> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<Answer>();
    this.#waiting.set(id, { request: request.type, ...answer });
    this.#send({ ...request, id } as ClientFrame);
    const late = () => unreachable(this.#options.slug, `its bundle did not answer ${request.type} in time`);
    const ms = PATIENT_MS[request.type] ?? this.#options.requestMs;
    return withDeadline(answer.promise, ms, late).finally(() => this.#waiting.delete(id));
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
      case "push-diff":
        return this.#waiting.get(frame.id)?.resolve(frame);
      case "failed":
        return this.#fail(frame);
      case "events":
        return this.#options.onEvents(frame.events);
      case "health":
        return this.#options.onHealth(frame.health, frame.missingSecrets);
      case "git":
        return this.#options.onGit({ repos: frame.repos, pushes: frame.pushes });
    }
  }

  #fail({ id, code, message }: Extract<BundleFrame, { type: "failed" }>): void {
    const waiting = this.#waiting.get(id);
    waiting?.reject(requestFailed(waiting.request, code, message));
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

function revisionOf(answer: Answer): number {
  if (answer.type === "done") return answer.revision;
  throw new OperatorError("protocol", { message: "The bundle answered another question than it was asked" });
}

function diffOf(answer: Answer): PushDiff {
  if (answer.type === "push-diff") return { files: answer.files, cut: answer.cut };
  throw new OperatorError("protocol", { message: "The bundle answered another question than it was asked" });
}
