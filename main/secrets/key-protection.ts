import { randomBytes } from "node:crypto";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Keychain } from "../platform/keychain.ts";
import type { Keyring } from "./keyring.ts";
import type { PassphraseCost } from "./sealing.ts";
import { KEY_BYTES, passphraseKey, STRONG_COST, seal, unseal } from "./sealing.ts";
import type { KeyWrap, Protection } from "./store-file.ts";

/** What this process can keep a key with, besides a passphrase. Asked when needed: a keyring may have to be unlocked first. */
export interface KeyKeepers {
  keychain(): Promise<Keychain | null>;
  keyring(): Promise<Keyring | null>;
  /** Of new passphrases. */
  readonly cost?: PassphraseCost;
}

const SHORTEST_PASSPHRASE = 10;

/** Ways a new store can be protected here, best first. */
export async function offeredProtections(keepers: KeyKeepers): Promise<Protection[]> {
  const [keychain, keyring] = await Promise.all([keepers.keychain(), keepers.keyring()]);
  return [...(keychain === null ? [] : (["os-keychain"] as const)), ...(keyring === null ? [] : (["keyring"] as const)), "passphrase"];
}

/** The key, kept by the desktop. */
export async function wrapWith(kind: "os-keychain" | "keyring", key: Buffer, id: string, keepers: KeyKeepers): Promise<KeyWrap> {
  if (kind === "os-keychain") {
    const keychain = (await keepers.keychain()) ?? noKeeper("The desktop offers no keychain to this program");
    return { kind, sealed: Buffer.from(await keychain.encrypt(key.toString("base64"))).toString("base64") };
  }
  const keyring = (await keepers.keyring()) ?? noKeeper("There is no keyring here");
  // What it holds for this store already is kept: were the file not written after this, the old one would never open again.
  const held = await keyring.read(id);
  const kept = held === null ? randomBytes(KEY_BYTES) : Buffer.from(held, "base64");
  if (held === null) await keyring.write(id, kept.toString("base64"));
  return { kind, ...seal(kept, key, contextOf(kind, id)) };
}

/** A store that was not made after all leaves nothing in the keyring. */
export async function forgetKey(id: string, keepers: KeyKeepers): Promise<void> {
  await (await keepers.keyring())?.remove(id);
}

/** The key, for whoever knows the passphrase. */
export async function wrapWithPassphrase(passphrase: string, key: Buffer, id: string, cost = STRONG_COST): Promise<KeyWrap> {
  if (passphrase.length < SHORTEST_PASSPHRASE) {
    throw new OperatorError("bad-input", {
      message: `The passphrase needs at least ${SHORTEST_PASSPHRASE} characters`,
      hint: "Several words are easy to type and hard to guess",
    });
  }
  const salt = randomBytes(KEY_BYTES);
  return {
    kind: "passphrase",
    salt: salt.toString("base64"),
    cost,
    ...seal(await passphraseKey(passphrase, salt, cost), key, contextOf("passphrase", id)),
  };
}

/** The key out of a wrap that the desktop opens; a text where it cannot. */
export async function unwrapByDesktop(wrap: KeyWrap, id: string, keepers: KeyKeepers): Promise<Buffer | string> {
  if (wrap.kind === "passphrase") return "It opens with its passphrase.";
  if (wrap.kind === "os-keychain") {
    const keychain = await keepers.keychain();
    if (keychain === null) return "Only the panel can open it, by the desktop's keychain; add a passphrase to it there.";
    const kept = await keychain.decrypt(Buffer.from(wrap.sealed, "base64")).catch(() => "");
    const key = Buffer.from(kept, "base64");
    return key.length === KEY_BYTES ? key : "The desktop's keychain does not open it; was it made by another user or machine?";
  }
  const keyring = await keepers.keyring();
  if (keyring === null) return "The keyring that holds its key cannot be reached from here.";
  try {
    const kept = await keyring.read(id);
    if (kept === null) return "The desktop's keyring does not hold its key any more.";
    return unwrapped(Buffer.from(kept, "base64"), wrap, id) ?? "The key in the desktop's keyring does not open it.";
  } catch (error) {
    return error instanceof OperatorError ? error.message : String(error);
  }
}

/** Null where the passphrase is another. */
export async function unwrapByPassphrase(
  passphrase: string,
  wrap: Extract<KeyWrap, { kind: "passphrase" }>,
  id: string,
): Promise<Buffer | null> {
  return unwrapped(await passphraseKey(passphrase, Buffer.from(wrap.salt, "base64"), wrap.cost), wrap, id);
}

function unwrapped(keeping: Buffer, wrap: Exclude<KeyWrap, { kind: "os-keychain" }>, id: string): Buffer | null {
  if (keeping.length !== KEY_BYTES) return null;
  const key = unseal(keeping, { nonce: wrap.nonce, sealed: wrap.sealed }, contextOf(wrap.kind, id));
  return key?.length === KEY_BYTES ? key : null;
}

/** A wrapped key that was moved to another store, or to another protection, does not open. */
function contextOf(kind: Protection, id: string): string {
  return `bot-bottle-secrets key ${kind} ${id}`;
}

function noKeeper(message: string): never {
  throw new OperatorError("unsupported", { message, hint: "Do this in the panel, or choose a passphrase" });
}
