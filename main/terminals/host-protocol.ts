import { z } from "zod";
import { BackendName, Slug } from "#common/domain/names.ts";

/** Raised whenever a frame changes its meaning; a host of another version is replaced, the engine keeps the agents' output. */
export const HOST_PROTOCOL = 1;

const Cols = z.int().min(2).max(1000);
const Rows = z.int().min(1).max(1000);
const Chars = z.int().min(0);
/** Chosen by the client, unique within its connection. */
const TerminalId = z.string().min(1).max(64);

export const ClientFrame = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("hello"), protocol: z.int(), build: z.string() }),
  z.strictObject({ kind: z.literal("open"), terminalId: TerminalId, backend: BackendName, slug: Slug, cols: Cols, rows: Rows }),
  z.strictObject({ kind: z.literal("input"), terminalId: TerminalId, data: z.string() }),
  z.strictObject({ kind: z.literal("resize"), terminalId: TerminalId, cols: Cols, rows: Rows }),
  z.strictObject({ kind: z.literal("ack"), terminalId: TerminalId, chars: Chars }),
  z.strictObject({ kind: z.literal("close"), terminalId: TerminalId }),
  /** Makes room for a host of another build: it stops listening and exits. */
  z.strictObject({ kind: z.literal("retire") }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;

export const HostFrame = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("hello"), protocol: z.int(), build: z.string() }),
  z.strictObject({ kind: z.literal("opened"), terminalId: TerminalId, snapshot: z.string() }),
  z.strictObject({ kind: z.literal("failed"), terminalId: TerminalId, code: z.string(), message: z.string(), hint: z.string().nullable() }),
  z.strictObject({ kind: z.literal("data"), terminalId: TerminalId, data: z.string() }),
  z.strictObject({ kind: z.literal("resync"), terminalId: TerminalId, snapshot: z.string() }),
  z.strictObject({ kind: z.literal("exit"), terminalId: TerminalId, exitCode: z.int().nullable() }),
]);
export type HostFrame = z.infer<typeof HostFrame>;
