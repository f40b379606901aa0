import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import { Timestamp, TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import { PassphraseCost, SealedBytes } from "./sealing.ts";

const FORMAT = "bot-bottle-secrets";
const VERSION = 1;
const MAX_BYTES = 64 * 1024 * 1024;
export const MAX_SECRETS = 500;

/** The store's key, wrapped by one protection. */
export const KeyWrap = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("os-keychain"), sealed: z.base64().max(8192) }),
  z.strictObject({ kind: z.literal("keyring"), ...SealedBytes.shape }),
  z.strictObject({ kind: z.literal("passphrase"), salt: z.base64().min(16).max(128), cost: PassphraseCost, ...SealedBytes.shape }),
]);
export type KeyWrap = z.infer<typeof KeyWrap>;
export type Protection = KeyWrap["kind"];

/** Everything but the values: readable while the store is locked, authenticated when it opens. */
export const StoreHeader = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** One more with every write. */
  revision: z.int().min(1),
  names: z.array(z.strictObject({ name: TokenRef, storedAt: Timestamp })).max(MAX_SECRETS),
  keys: z.array(KeyWrap).min(1).max(3),
});
export type StoreHeader = z.infer<typeof StoreHeader>;

export const StoreFile = z.strictObject({ ...StoreHeader.shape, values: SealedBytes });
export type StoreFile = z.infer<typeof StoreFile>;

/** What the values are sealed together with: a name, a time or a wrapped key that was changed by hand no longer fits. */
export function headerContext({ format, version, id, revision, names, keys }: StoreHeader): string {
  return canonicalJson({ format, version, id, revision, names, keys });
}

export function newHeader(id: string, keys: readonly KeyWrap[]): StoreHeader {
  return { format: FORMAT, version: VERSION, id, revision: 1, names: [], keys: [...keys] };
}

/** The store as it lies on disk, null where there is none. A file that is not wholly as we write it is an error, never "empty". */
export async function readStoreFile(path: string): Promise<StoreFile | null> {
  const text = await readPrivate(path);
  if (text === null) return null;
  const json = parseJson(path, text);
  const version = z.object({ format: z.literal(FORMAT), version: z.int() }).safeParse(json).data?.version ?? VERSION;
  if (version > VERSION) {
    throw broken(`${path} was written by a newer bot-bottle (format ${version}, this one reads ${VERSION})`, "Update bot-bottle");
  }
  const parsed = StoreFile.safeParse(json);
  if (parsed.success && new Set(parsed.data.names.map(({ name }) => name)).size === parsed.data.names.length) return parsed.data;
  throw damaged(path);
}

export async function writeStoreFile(path: string, file: StoreFile): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(StoreFile.parse(file), null, 1)}\n`, 0o600);
}

/** The file is there and cannot be used; nothing is ever written over it. */
export function broken(message: string, hint: string, cause?: unknown): OperatorError {
  return new OperatorError("not-permitted", { message, hint, cause });
}

export function damaged(path: string, cause?: unknown): OperatorError {
  return broken(
    `${path} is damaged: it is not what bot-bottle wrote`,
    "Put a copy from your backups in its place, or move it away and store the secrets again; nothing was overwritten",
    cause,
  );
}

/** Opened once and looked at through the handle: what was checked is what is read. A link is not followed. */
async function readPrivate(path: string): Promise<string | null> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      if (error.code === "ELOOP")
        throw broken(`${path} is a link`, "Put the file itself in its place: bot-bottle does not follow links there");
      throw broken(`${path} cannot be read (${error.code ?? error.message})`, "See who owns it and its folder", error);
    },
  );
  if (handle === null) return null;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw broken(`${path} is not a file`, "Move it away");
    if (stats.size > MAX_BYTES) throw damaged(path);
    if (process.platform !== "win32") await requireOwnOnly(path, stats);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/** Others who can read it could try passphrases at leisure; others who can write it could put an old one back. */
async function requireOwnOnly(path: string, { mode, uid }: { readonly mode: number; readonly uid: number }): Promise<void> {
  if (uid !== process.getuid?.()) throw broken(`${path} belongs to another user`, "Take it back with chown, or move it away");
  if ((mode & 0o077) !== 0) throw broken(`${path} is open to other users`, `Close it with: chmod 600 ${path}`);
  const folder = await lstat(dirname(path));
  if ((folder.mode & 0o022) !== 0)
    throw broken(`${dirname(path)} can be written by other users`, `Close it with: chmod 700 ${dirname(path)}`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the text.
    throw damaged(path);
  }
}
