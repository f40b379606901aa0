import { once } from "node:events";
import type { Socket } from "node:net";
import { createConnection } from "node:net";
import type { z } from "zod";
import type { ClientFrame, NumberedEvent } from "#common/wire/control.ts";
import { BundleFrame, CONTROL_PROTOCOL } from "#common/wire/control.ts";
import { encodeFrame, FrameDecoder } from "#common/wire/frame-codec.ts";
import { SLUG } from "./bundle-folder.ts";

type Request = Extract<z.input<typeof ClientFrame>, { id: number }>;
export type RequestBody = Request extends infer R ? (R extends Request ? Omit<R, "id"> : never) : never;
type FrameOf<T extends BundleFrame["type"]> = Extract<BundleFrame, { type: T }>;

/** The far end of a control channel in tests: frames as they come, and a wait for the one that is expected. */
export class ControlPeer implements AsyncDisposable {
  readonly socket: Socket;
  readonly frames: BundleFrame[] = [];
  readonly #decoder = new FrameDecoder();
  readonly #watchers = new Set<() => void>();
  #closed = false;
  #lastId = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      for (const message of this.#decoder.push(chunk)) this.frames.push(BundleFrame.parse(message));
      this.#changed();
    });
    socket.on("end", () => socket.end());
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#closed = true;
      this.#changed();
    });
  }

  static async connect(path: string): Promise<ControlPeer> {
    const socket = createConnection({ path, allowHalfOpen: true });
    await once(socket, "connect");
    return new ControlPeer(socket);
  }

  /** Connected, greeted and answered `ready`. */
  static async greeted(path: string, since: number | null = null): Promise<ControlPeer> {
    const peer = await ControlPeer.connect(path);
    peer.hello({ since });
    await peer.next("ready");
    return peer;
  }

  hello(parts: Partial<Extract<ClientFrame, { type: "hello" }>> = {}): void {
    this.send({ type: "hello", protocol: CONTROL_PROTOCOL, buildId: "test", slug: SLUG, role: "cli", since: null, ...parts });
  }

  send(frame: unknown): void {
    this.socket.write(encodeFrame(frame));
  }

  async request(body: RequestBody): Promise<FrameOf<"done"> | FrameOf<"failed">> {
    const id = ++this.#lastId;
    this.send({ ...body, id });
    return this.until(() => this.frames.find((frame) => (frame.type === "done" || frame.type === "failed") && frame.id === id)) as Promise<
      FrameOf<"done"> | FrameOf<"failed">
    >;
  }

  async next<T extends BundleFrame["type"]>(type: T): Promise<FrameOf<T>> {
    return (await this.until(() => this.frames.find((frame) => frame.type === type))) as FrameOf<T>;
  }

  get ready(): FrameOf<"ready"> {
    return this.frames.findLast((frame) => frame.type === "ready") as FrameOf<"ready">;
  }

  get events(): NumberedEvent[] {
    return this.frames.flatMap((frame) => (frame.type === "events" ? frame.events : []));
  }

  /** The first event that satisfies the test, once it is there. */
  event(test: (event: NumberedEvent) => boolean): Promise<NumberedEvent> {
    return this.until(() => this.events.find(test));
  }

  /** The value of `find` as soon as there is one; rejects when the channel closes before. */
  until<T>(find: () => T | undefined): Promise<T> {
    const found = Promise.withResolvers<T>();
    const look = (): void => {
      const value = find();
      if (value !== undefined) found.resolve(value);
      else if (this.#closed) found.reject(new Error(`the channel closed; it had said ${JSON.stringify(this.frames.at(-1) ?? null)}`));
    };
    this.#watchers.add(look);
    look();
    return found.promise.finally(() => this.#watchers.delete(look));
  }

  async closed(): Promise<void> {
    await this.until(() => (this.#closed ? true : undefined));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }

  #changed(): void {
    for (const look of [...this.#watchers]) look();
  }
}
