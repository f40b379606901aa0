import type { Duplex, Readable } from "node:stream";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import type { TerminalSize, TerminalStream } from "../../backend.ts";
import { overlapLength } from "./splice-replay.ts";

/**
 * Attaches to the agent's own terminal. The stream is opened before the kept log is read: what comes in between is in
 * both, and the overlap is dropped, so that nothing is missing and nothing shows twice. Leaving never touches the agent.
 */
export async function openAgentTerminal(container: Docker.Container, size: TerminalSize, signal: AbortSignal): Promise<TerminalStream> {
  signal.throwIfAborted();
  const connection = await attach(container);
  try {
    const live = new LiveHead(connection);
    const replay = await readReplay(container, live);
    signal.throwIfAborted();
    await container.resize({ w: size.cols, h: size.rows }).catch(() => {});
    return terminalOver(container, connection, live.continueAfter(replay));
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function terminalOver(container: Docker.Container, connection: Duplex, output: Readable): TerminalStream {
  const exited = Promise.withResolvers<number | null>();
  let left = false;
  connection.once("close", () =>
    left ? exited.resolve(null) : exitCodeAfterCut(container).then(exited.resolve, () => exited.resolve(null)),
  );
  return {
    output,
    input: connection,
    exited: exited.promise,
    resize: async (cols, rows) => void (await container.resize({ w: cols, h: rows })),
    async [Symbol.asyncDispose]() {
      left = true;
      connection.destroy();
      output.destroy();
      await exited.promise;
    },
  };
}

/** Bytes FF and FE never occur in what a terminal sends as UTF-8; dockerode cannot say them, so the path does. */
const UNTYPED_KEYS = "%FF,%FE,%FF";

/** Sends the head of the request at once. A body would race with the engine's change to raw bytes and could end as typed text. */
const NO_BODY = Buffer.alloc(0);

async function attach(container: Docker.Container): Promise<Duplex> {
  const path = `/containers/${container.id}/attach?stream=1&stdin=1&stdout=1&stderr=1&detachKeys=${UNTYPED_KEYS}`;
  return (await dial(container, { path, method: "POST", hijack: true, openStdin: true, file: NO_BODY })) as Duplex;
}

async function dial(
  container: Docker.Container,
  request: { path: string; method: string; hijack?: boolean; openStdin?: boolean; file?: Buffer },
): Promise<unknown> {
  const statusCodes = { 101: true, 200: true, 404: "no such container", 409: "container is not running" };
  return await new Promise((resolve, reject) => {
    // dockerode cuts the last character off a path that no options follow.
    const options = { ...request, path: `${request.path}&`, isStream: true, statusCodes };
    container.modem.dial(options, (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer)));
  });
}

/** What the attached stream brought while the log was read. */
class LiveHead {
  readonly #connection: Duplex;
  readonly #chunks: Buffer[] = [];
  readonly #collect = (chunk: Buffer) => void this.#chunks.push(chunk);

  constructor(connection: Duplex) {
    this.#connection = connection;
    connection.on("data", this.#collect);
    connection.on("error", () => {});
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** The whole output: the log, then what is live, without the part that is in both. */
  continueAfter(log: Buffer): Readable {
    const head = this.bytes;
    const output = new PassThrough();
    output.on("error", () => {});
    this.#connection.off("data", this.#collect);
    output.write(log.subarray(0, log.length - overlapLength(log, head)));
    output.write(head);
    if (this.#connection.readableEnded || this.#connection.destroyed) output.end();
    else this.#connection.once("close", () => output.end());
    this.#connection.pipe(output);
    return output;
  }
}

/** The engine logs whole lines: where a line was under way, a later look at the log finds where the stream begins. */
const LOOKS = 5;
/** A shorter overlap may be chance, such as the end of another line. */
const CERTAIN_BYTES = 64;

async function readReplay(container: Docker.Container, live: LiveHead): Promise<Buffer> {
  let log = await readLog(container);
  for (let look = 1; look < LOOKS && !isJoined(log, live.bytes); look += 1) log = await readLog(container);
  return log;
}

function isJoined(log: Buffer, live: Buffer): boolean {
  return overlapLength(log, live) >= Math.min(live.length, CERTAIN_BYTES);
}

/** With a terminal the engine's log is the raw bytes, without frames. Asked for as a stream: dockerode would parse one that looks like JSON. */
async function readLog(container: Docker.Container): Promise<Buffer> {
  const answer = await dial(container, { path: `/containers/${container.id}/logs?stdout=1&stderr=1`, method: "GET" });
  return await buffer(answer as Readable);
}

/** How long an agent whose terminal ended may take to be gone; if it is not, it was only the connection that ended. */
const END_PATIENCE_MS = 2000;

/** Null where the agent still runs. Asked again after its end, when the engine's lists show it too. */
async function exitCodeAfterCut(container: Docker.Container): Promise<number | null> {
  const { State: before } = await container.inspect();
  if (before.Running) await endOf(container);
  const { State } = await container.inspect();
  return State.Running ? null : State.ExitCode;
}

async function endOf(container: Docker.Container): Promise<void> {
  const patience = AbortSignal.timeout(END_PATIENCE_MS);
  // dockerode leaves a call that is aborted in its answer unsettled.
  const late = new Promise<void>((resolve) => patience.addEventListener("abort", () => resolve(), { once: true }));
  await Promise.race([late, container.wait({ condition: "not-running", abortSignal: patience }).catch(() => {})]);
}
