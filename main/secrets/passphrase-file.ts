import { open } from "node:fs/promises";
import { OperatorError } from "#common/domain/operator-error.ts";
import { Secret } from "../platform/secret.ts";

const MAX_BYTES = 4096;

/**
 * The passphrase from `$BOT_BOTTLE_PASSPHRASE_FILE`: its first line. A pipe (`/dev/fd/3`) will do; a file must be the
 * operator's alone.
 */
export async function readPassphraseFile(path: string): Promise<Secret> {
  const text = await readStart(path).catch((error: unknown) => {
    if (error instanceof OperatorError) throw error;
    throw wrong(path, `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  });
  const [line = ""] = text.split(/\r?\n/);
  if (line === "") throw wrong(path, "holds no passphrase in its first line");
  return new Secret(line);
}

async function readStart(path: string): Promise<string> {
  await using file = await open(path, "r");
  const stats = await file.stat();
  if (stats.isFile() && process.platform !== "win32" && (stats.mode & 0o077) !== 0) throw wrong(path, "is open to other users");
  const buffer = Buffer.alloc(MAX_BYTES);
  let length = 0;
  while (length < MAX_BYTES && !buffer.subarray(0, length).includes("\n")) {
    const { bytesRead } = await file.read(buffer, length, MAX_BYTES - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length).toString("utf8");
}

function wrong(path: string, what: string): OperatorError {
  return new OperatorError("bad-input", {
    message: `BOT_BOTTLE_PASSPHRASE_FILE: ${path} ${what}`,
    hint: "Name a file that only you can read (chmod 600) with the passphrase of the secret store in its first line",
  });
}
