import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { z } from "zod";
import { OperatorError } from "#common/domain/operator-error.ts";
import { IgnoreRules } from "./ignore-rules.ts";

/** What one path held when it was last the same on both sides. */
export type RecordedEntry =
  | { readonly kind: "file"; readonly path: string; readonly executable: boolean; readonly size: number; readonly sha256: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | { readonly kind: "folder"; readonly path: string };

/** `state/<slug>/workspace.jsonl.gz`: what was copied into a bottle, against which its changes are told (ENV-4). */
export interface WorkspaceRecord {
  readonly hostPath: string;
  readonly guestPath: string;
  readonly entries: ReadonlyMap<string, RecordedEntry>;
  readonly bottleIgnore: IgnoreRules;
  readonly gitIgnore: IgnoreRules;
}

export type RecordPlace = Pick<WorkspaceRecord, "hostPath" | "guestPath">;

/** Beyond it a bottle starts and its changes cannot be compared: the comparison holds every path in memory. */
export const MAX_RECORDED = 1_000_000;

/** Short, since there may be hundreds of thousands; the first line tells place and version. */
const Line = z.union([
  z.tuple([z.literal("f"), z.string(), z.int(), z.int(), z.string()]),
  z.tuple([z.enum(["l", "bottleignore", "gitignore"]), z.string(), z.string()]),
  z.tuple([z.literal("d"), z.string()]),
  z.tuple([z.literal("end"), z.int()]),
]);
const Head = z.object({ version: z.literal(1), hostPath: z.string(), guestPath: z.string() });

/** Writes a record while the copy goes on, so that memory stays flat; only `keep` puts it in place, whole. */
export class RecordWriter implements AsyncDisposable {
  readonly #file: string;
  readonly #draft: string;
  readonly #out: Writable;
  readonly #written: Promise<void>;
  #entries = 0;

  constructor(file: string, place: RecordPlace) {
    this.#file = file;
    this.#draft = `${file}.${process.pid}.tmp`;
    const zip = createGzip({ level: 1 });
    this.#written = pipeline(zip, createWriteStream(this.#draft, { mode: 0o600 }));
    this.#written.catch(() => undefined);
    this.#out = zip;
    zip.write(`${JSON.stringify({ version: 1, ...place })}\n`);
  }

  async add(entry: RecordedEntry): Promise<void> {
    this.#entries += 1;
    if (this.#entries <= MAX_RECORDED) await this.#line(lineOf(entry));
  }

  async addRules(file: "bottleignore" | "gitignore", rules: IgnoreRules): Promise<void> {
    for (const [folder, text] of rules.texts) await this.#line([file, folder, text]);
  }

  async keep(): Promise<void> {
    await this.#line(["end", this.#entries]);
    this.#out.end();
    await this.#written;
    const draft = await open(this.#draft, "r");
    await draft.sync().finally(() => draft.close());
    await rename(this.#draft, this.#file);
  }

  async #line(line: z.infer<typeof Line>): Promise<void> {
    if (this.#out.write(`${JSON.stringify(line)}\n`)) return;
    await Promise.race([new Promise((resolve) => this.#out.once("drain", resolve)), this.#written]);
  }

  /** What was not kept is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#out.destroy();
    await finished(this.#out).catch(() => undefined);
    await this.#written.catch(() => undefined);
    await rm(this.#draft, { force: true });
  }
}

export async function writeRecord(file: string, record: WorkspaceRecord): Promise<void> {
  await using writer = new RecordWriter(file, { hostPath: record.hostPath, guestPath: record.guestPath });
  for (const entry of record.entries.values()) await writer.add(entry);
  await writer.addRules("bottleignore", record.bottleIgnore);
  await writer.addRules("gitignore", record.gitIgnore);
  await writer.keep();
}

/** Null where nothing was recorded; a record that is damaged or too large is an error, never half a record. */
export async function readRecord(file: string): Promise<WorkspaceRecord | null> {
  try {
    return await parseRecord(file);
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw damaged(error);
  }
}

async function parseRecord(file: string): Promise<WorkspaceRecord> {
  const entries = new Map<string, RecordedEntry>();
  const rules = { bottleignore: new IgnoreRules(), gitignore: new IgnoreRules() };
  let head: z.infer<typeof Head> | null = null;
  let total: number | null = null;
  for await (const text of linesOf(file)) {
    if (head === null) {
      head = Head.parse(JSON.parse(text));
      continue;
    }
    const line = Line.parse(JSON.parse(text));
    if (line[0] === "end") total = line[1];
    else if (line[0] === "bottleignore" || line[0] === "gitignore") rules[line[0]].add(line[1], line[2]);
    else entries.set(line[1], entryOf(line));
  }
  if (head === null || total === null) throw damaged(null);
  if (total > MAX_RECORDED) throw tooLarge(total);
  return { hostPath: head.hostPath, guestPath: head.guestPath, entries, bottleIgnore: rules.bottleignore, gitIgnore: rules.gitignore };
}

/** readline would end quietly where the file cannot be opened or unpacked. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const text = createGunzip().setEncoding("utf8");
  pipeline(createReadStream(file), text).catch(() => undefined);
  let rest = "";
  for await (const chunk of text) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

type EntryLine = Extract<z.infer<typeof Line>, readonly ["f" | "d" | "l" | "bottleignore" | "gitignore", ...unknown[]]>;

function lineOf(entry: RecordedEntry): z.infer<typeof Line> {
  if (entry.kind === "file") return ["f", entry.path, entry.executable ? 1 : 0, entry.size, entry.sha256];
  return entry.kind === "link" ? ["l", entry.path, entry.target] : ["d", entry.path];
}

function entryOf(line: EntryLine): RecordedEntry {
  if (line[0] === "f") return { kind: "file", path: line[1], executable: line[2] === 1, size: line[3], sha256: line[4] };
  return line[0] === "d" ? { kind: "folder", path: line[1] } : { kind: "link", path: line[1], target: line[2] };
}

function damaged(cause: unknown): OperatorError {
  return new OperatorError("conflict", {
    message: "The record of what was copied into this bottle is damaged, so its changes cannot be told",
    hint: "Copy files out with `bot-bottle exec SLUG -- cat FILE`.",
    cause,
  });
}

function tooLarge(total: number): OperatorError {
  return new OperatorError("unsupported", {
    message: `${total} paths were copied into this bottle; changes are compared up to ${MAX_RECORDED}`,
    hint: "Leave generated folders out with .bottleignore before the next start.",
  });
}
