import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Command } from "./context.ts";

const MAX_BYTES = 1024 * 1024;

/** The text of a file that the operator names, or of stdin for `-`; bounded. */
export async function readInput(command: Pick<Command, "cwd" | "stdin">, path: string): Promise<string> {
  const bytes = path === "-" ? await atMost(command.stdin) : await readFileAtMost(resolve(command.cwd, path));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new OperatorError("bad-input", { message: `${path === "-" ? "stdin" : path} is not UTF-8 text` });
  }
}

async function readFileAtMost(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file);
    return await atMost(handle.createReadStream({ autoClose: false }));
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError("not-found", { message: `${file} cannot be read (${(error as NodeJS.ErrnoException).code})` });
  }
}

async function atMost(stream: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    const bytes = Buffer.from(part);
    length += bytes.byteLength;
    if (length > MAX_BYTES) throw new OperatorError("bad-input", { message: `That is more than ${MAX_BYTES} bytes` });
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}
