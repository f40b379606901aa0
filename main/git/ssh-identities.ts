import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { GitIdentity } from "#common/manifest/git-gate-schema.ts";
import type { Secret } from "../platform/secret.ts";
import { MAX_KEY_BYTES, readPrivateKey } from "./private-key.ts";

export interface IdentityDeps {
  /** The operator's home folder, for paths that start with `~/`. */
  readonly userHome: string;
  /** The value of a secret of any shape; null where there is none. */
  resolveSecret(ref: string): Promise<Secret | null>;
}

/**
 * What stands in the way of using the keys that are there, and what is unwise about them; by name, never by content. Secrets
 * that are not there are not among it: they are asked for with all other secrets.
 */
export interface IdentityFindings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

type Found =
  | { readonly ok: true; readonly key: Secret; readonly warning: string | null }
  /** `lacking`: a secret that has no value now. */
  | { readonly ok: false; readonly fault: string; readonly lacking?: true };

/** The private keys of repositories: read when a bundle needs them, kept nowhere (SSH-4, ENV-3). */
export class SshIdentities {
  readonly #deps: IdentityDeps;

  constructor(deps: IdentityDeps) {
    this.#deps = deps;
  }

  async check(identities: Readonly<Record<string, GitIdentity>>): Promise<IdentityFindings> {
    const found = await Promise.all(
      Object.entries(identities).map(async ([repo, identity]) => ({ place: placeOf(repo, identity), found: await this.#find(identity) })),
    );
    return {
      problems: found.flatMap((each) => (each.found.ok || each.found.lacking ? [] : [`${each.place} ${each.found.fault}`])),
      warnings: found.flatMap((each) => (each.found.ok && each.found.warning !== null ? [`${each.place} ${each.found.warning}`] : [])),
    };
  }

  /** The keys of all these repositories; throws unless every one can be had. */
  async read(identities: Readonly<Record<string, GitIdentity>>): Promise<ReadonlyMap<string, Secret>> {
    const keys = new Map<string, Secret>();
    for (const [repo, identity] of Object.entries(identities)) {
      const found = await this.#find(identity);
      if (!found.ok) throw unusable(`${placeOf(repo, identity)} ${found.fault}`);
      keys.set(repo, found.key);
    }
    return keys;
  }

  async #find(identity: GitIdentity): Promise<Found> {
    return identity.kind === "file" ? await this.#fromFile(identity.path) : await this.#fromSecret(identity.ref);
  }

  async #fromSecret(ref: string): Promise<Found> {
    const secret = await this.#deps.resolveSecret(ref).catch((error: unknown) => {
      if (error instanceof OperatorError) return error;
      throw error;
    });
    if (secret instanceof OperatorError) return { ok: false, fault: `cannot be had: ${secret.message}`, lacking: true };
    if (secret === null)
      return { ok: false, fault: "is not set: store the private key as a secret of this name, or name its file", lacking: true };
    return withWarning(readPrivateKey(secret.reveal()), null);
  }

  async #fromFile(path: string): Promise<Found> {
    const file = path.startsWith("~/") ? join(this.#deps.userHome, path.slice(2)) : path;
    try {
      const { mode, size, ...kind } = await regularFile(file);
      if (!kind.regular) return { ok: false, fault: "is not a file" };
      if (size > MAX_KEY_BYTES) return { ok: false, fault: "is too large to be a key" };
      const open = process.platform !== "win32" && (mode & 0o077) !== 0;
      const warning = open ? `can be read by others on this machine: run \`chmod 600 ${path}\`` : null;
      return withWarning(readPrivateKey(await readFile(file, "utf8")), warning);
    } catch (error) {
      return { ok: false, fault: fileFault(error as NodeJS.ErrnoException) };
    }
  }
}

/** Asked before opening: a pipe or a device would be waited for without an end. */
async function regularFile(file: string): Promise<{ mode: number; size: number; regular: boolean }> {
  const found = await stat(file);
  return { mode: found.mode, size: found.size, regular: found.isFile() };
}

function withWarning(read: ReturnType<typeof readPrivateKey>, warning: string | null): Found {
  return read.ok ? { ...read, warning } : read;
}

function placeOf(repo: string, identity: GitIdentity): string {
  return identity.kind === "file" ? `The key of ${repo}, ${identity.path},` : `The key of ${repo}, the secret ${identity.ref},`;
}

function fileFault({ code }: NodeJS.ErrnoException): string {
  if (code === "ENOENT" || code === "ENOTDIR") return "is not there";
  if (code === "EACCES" || code === "EPERM") return "cannot be read by you: see its permissions and owner";
  return `cannot be read (${code ?? "unknown error"})`;
}

function unusable(message: string): OperatorError {
  return new OperatorError("secret-missing", {
    message,
    hint: "Set it right, or change `identity` of the repository in the bottle's manifest",
  });
}
