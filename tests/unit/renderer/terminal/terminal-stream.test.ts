import { afterEach, expect, test, vi } from "vitest";
import type { IpcReply } from "#common/ipc/contract.ts";
import { TerminalStream } from "../../../../renderer/terminal/terminal-stream.ts";

interface Call {
  method: string;
  input: Record<string, unknown>;
}

function withBridge(open: () => Promise<IpcReply>) {
  const calls: Call[] = [];
  let emit: (payload: unknown) => void = () => undefined;
  const bridge = {
    call: async (method: string, input: unknown): Promise<IpcReply> => {
      calls.push({ method, input: input as Call["input"] });
      return method === "terminal.open" ? open() : { ok: true, value: {} };
    },
    subscribe: (_topic: string, listener: (payload: unknown) => void) => {
      emit = listener;
      return () => {
        emit = () => undefined;
      };
    },
  };
  vi.stubGlobal("window", { botBottle: bridge });
  return { calls, emit: (payload: unknown) => emit(payload) };
}

function screen() {
  const shown: string[] = [];
  const parsed: (() => void)[] = [];
  return {
    shown,
    parsed,
    write: (data: string, done: () => void) => {
      shown.push(data);
      parsed.push(done);
    },
    replace: (snapshot: string, done: () => void) => {
      shown.push(`<${snapshot}>`);
      parsed.push(done);
    },
    ended: (code: number | null) => shown.push(`exit ${code}`),
  };
}

const opened: IpcReply = { ok: true, value: { terminalId: "t1", snapshot: "S" } };
const size = { cols: 80, rows: 24 };

afterEach(() => vi.unstubAllGlobals());

test("TRM-2: what is printed before the answer to open is shown after the snapshot, others' output never", async () => {
  const answer = Promise.withResolvers<IpcReply>();
  const { emit } = withBridge(() => answer.promise);
  const target = screen();
  const stream = new TerminalStream(target);
  const opening = stream.open("demo-a1b2c", size);
  emit({ kind: "data", terminalId: "t1", data: "early" });
  emit({ kind: "data", terminalId: "t2", data: "not ours" });
  answer.resolve(opened);
  await opening;
  expect(target.shown).toEqual(["<S>", "early"]);
});

test("TRM-3: characters are acknowledged once parsed, not when received; the first snapshot never", async () => {
  const { calls, emit } = withBridge(async () => opened);
  const target = screen();
  const stream = new TerminalStream(target);
  await stream.open("demo-a1b2c", size);
  emit({ kind: "data", terminalId: "t1", data: "12345" });
  emit({ kind: "resync", terminalId: "t1", snapshot: "abc" });
  expect(calls.filter((call) => call.method === "terminal.ack")).toEqual([]);
  for (const done of target.parsed) done();
  await vi.waitFor(() => {
    const acked = calls.filter((call) => call.method === "terminal.ack").map((call) => call.input.chars as number);
    expect(acked.reduce((sum, chars) => sum + chars, 0)).toBe(8);
  });
});

test("a window closed while it was opening closes what it got", async () => {
  const answer = Promise.withResolvers<IpcReply>();
  const { calls } = withBridge(() => answer.promise);
  const target = screen();
  const stream = new TerminalStream(target);
  const opening = stream.open("demo-a1b2c", size);
  stream.close();
  answer.resolve(opened);
  await opening;
  expect(target.shown).toEqual([]);
  expect(calls.at(-1)).toEqual({ method: "terminal.close", input: { terminalId: "t1" } });
});

test("TRM-3: what is typed before the answer to open reaches the agent after it, in order", async () => {
  const answer = Promise.withResolvers<IpcReply>();
  const { calls } = withBridge(() => answer.promise);
  const stream = new TerminalStream(screen());
  const opening = stream.open("demo-a1b2c", size);
  stream.type("ec");
  stream.type("ho");
  answer.resolve(opened);
  await opening;
  stream.type("\r");
  expect(calls.filter(({ method }) => method === "terminal.write").map(({ input }) => input.data)).toEqual(["echo", "\r"]);
});
