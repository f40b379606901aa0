import type { ReadStream, WriteStream } from "node:tty";
import type { TerminalSize, TerminalStream } from "../backends/backend.ts";
import { TerminalSession } from "../terminals/session.ts";
import { DetachKeys } from "./detach-keys.ts";

export interface Tty {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
}

/** Leaves modes that a full-screen program may have switched on: alternate screen, mouse, bracketed paste, hidden cursor, colours. */
const RESTORE = "\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[?25h\x1b[0m\r\n";

export type SessionEnd = { readonly kind: "detached" } | { readonly kind: "exited"; readonly code: number | null };

/**
 * Connects a guest's terminal with the operator's. The guest's output is hostile (TRM-4): the session filters what a terminal
 * would act on and answers queries itself. The operator's terminal is put back as it was, however this ends.
 */
export async function runTtySession(open: (size: TerminalSize) => Promise<TerminalStream>, tty: Tty): Promise<SessionEnd> {
  const size = sizeOf(tty.stdout);
  const stream = await open(size);
  const session = new TerminalSession(stream, size);
  const ended = Promise.withResolvers<SessionEnd>();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => session.cut());
  stack.defer(() => void tty.stdout.write(RESTORE));
  stack.use(rawMode(tty.stdin));

  let acknowledge = (_chars: number): void => undefined;
  const show = (text: string) => void tty.stdout.write(text, () => acknowledge(text.length));
  const attachment = await session.attach(
    { data: show, resync: (screen) => show(`\x1bc${screen}`), exit: (code) => ended.resolve({ kind: "exited", code }) },
    size,
  );
  acknowledge = attachment.acknowledge;
  stack.defer(() => attachment.detach());
  tty.stdout.write(attachment.snapshot);

  stack.use(on(tty.stdout, "resize", () => void session.resize(sizeOf(tty.stdout)).catch(() => undefined)));
  const keys = new DetachKeys();
  // A paste may be cut in the middle of a character.
  const decoder = new TextDecoder();
  stack.use(
    on(tty.stdin, "data", (chunk: Buffer) => {
      const { forward, detach } = keys.feed(chunk);
      if (forward.length > 0) session.write(decoder.decode(forward, { stream: true }));
      if (detach) ended.resolve({ kind: "detached" });
    }),
  );
  return await ended.promise;
}

function sizeOf(stdout: WriteStream): TerminalSize {
  return { cols: stdout.columns || 80, rows: stdout.rows || 24 };
}

function rawMode(stdin: ReadStream): Disposable {
  const wasRaw = stdin.isRaw;
  stdin.setRawMode(true);
  stdin.resume();
  return {
    [Symbol.dispose]: () => {
      stdin.setRawMode(wasRaw);
      stdin.pause();
    },
  };
}

function on(emitter: NodeJS.EventEmitter, event: string, listener: (value: Buffer) => void): Disposable {
  emitter.on(event, listener);
  return { [Symbol.dispose]: () => void emitter.off(event, listener) };
}
