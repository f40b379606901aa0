import { createPrivateKey } from "node:crypto";
import { Secret } from "../platform/secret.ts";

/** Larger than any key; the control channel takes no more. */
export const MAX_KEY_BYTES = 64 * 1024;

const OPENSSH_MAGIC = "openssh-key-v1\0";
const KEY_TYPES = new Set(["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]);

const LOCKED =
  "is protected by a passphrase, which nobody can be asked for when the agent pushes: make a key for this repository alone with `ssh-keygen -t ed25519 -N '' -f FILE` and register it there (a deploy key, say)";
const NO_KEY = "holds no private key that can be read: name a file that begins with -----BEGIN OPENSSH PRIVATE KEY-----";
const CONVERT = "convert a copy of it with `ssh-keygen -p -N '' -f COPY`";

/** What came of a text that should be a private key; a fault completes the sentence "<where> …" and quotes nothing of the text. */
export type PrivateKey = { readonly ok: true; readonly key: Secret } | { readonly ok: false; readonly fault: string };

/**
 * Checks a private key as far as it can be told without using it, so that a start refuses what an ssh-agent would. Line ends
 * are made uniform: secrets often lose their last one on the way through an environment.
 */
export function readPrivateKey(text: string): PrivateKey {
  const key = `${text.replaceAll("\r\n", "\n").trim()}\n`;
  const fault = faultOf(key);
  return fault === null ? { ok: true, key: new Secret(key) } : { ok: false, fault };
}

function faultOf(key: string): string | null {
  if (key === "\n") return "is empty";
  if (/^(?:ssh-|ecdsa-|sk-|---- BEGIN SSH2 PUBLIC|-----BEGIN (?:RSA )?PUBLIC)/.test(key))
    return "is a public key: name the private one, usually the same file without .pub";
  if (key.startsWith("PuTTY-User-Key-File"))
    return "is a key of PuTTY: export it as an OpenSSH key with `puttygen FILE -O private-openssh -o NEW`";
  const { label, body } = /^-----BEGIN (?<label>[A-Z0-9 ]+)-----\n(?<body>[\s\S]+)\n-----END \k<label>-----\n$/.exec(key)?.groups ?? {};
  if (label === undefined || body === undefined) return damage(key);
  if (label === "OPENSSH PRIVATE KEY") return openSshFault(body);
  if (label === "ENCRYPTED PRIVATE KEY" || body.startsWith("Proc-Type: 4,ENCRYPTED")) return LOCKED;
  if (label === "DSA PRIVATE KEY")
    return `is a DSA key, which SSH uses no more: ${CONVERT.replace("convert a copy of it", "make a new one")}`;
  return pemFault(key);
}

/** A PEM without its line breaks is what a shell makes of `export KEY=$(cat file)` without quotes. */
function damage(key: string): string {
  if (!key.includes("PRIVATE KEY-----")) return NO_KEY;
  if (!key.trim().includes("\n")) return "has lost its line breaks: store it with them, for example from the file itself";
  return "is not whole: it must reach from the line -----BEGIN … to the line -----END …";
}

function pemFault(key: string): string | null {
  try {
    const type = createPrivateKey(key).asymmetricKeyType;
    if (type === "rsa" || type === "ec") return null;
    // OpenSSH reads this one kind in its own form only.
    return type === "ed25519" ? "is an Ed25519 key in a form that OpenSSH does not read: make one with `ssh-keygen -t ed25519`" : NO_KEY;
  } catch {
    return NO_KEY;
  }
}

function openSshFault(body: string): string | null {
  const blob = Buffer.from(body, "base64");
  if (blob.toString("latin1", 0, OPENSSH_MAGIC.length) !== OPENSSH_MAGIC) return NO_KEY;
  const reader = new FieldReader(blob.subarray(OPENSSH_MAGIC.length));
  const cipher = reader.text();
  if (cipher === null) return "is not whole: the file was cut off";
  if (cipher !== "none") return LOCKED;
  // The key derivation and its options, empty without a cipher.
  if (reader.text() === null || reader.text() === null || reader.number() !== 1) return NO_KEY;
  const publicKey = reader.field();
  const type = publicKey === null ? null : new FieldReader(publicKey).text();
  if (type === null || reader.field() === null) return "is not whole: the file was cut off";
  if (type.startsWith("sk-"))
    return "belongs to a hardware token, which must be touched at every use: make a key without one for this repository";
  return KEY_TYPES.has(type) ? null : "is of a kind that is not known; use an Ed25519, ECDSA or RSA key";
}

/** Reads the fields of an SSH structure in order; null where the bytes end too early. */
class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(): number | null {
    if (this.#at + 4 > this.#bytes.byteLength) return null;
    const value = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  field(): Buffer | null {
    const length = this.number();
    if (length === null || this.#at + length > this.#bytes.byteLength) return null;
    const value = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  text(): string | null {
    return this.field()?.toString("latin1") ?? null;
  }
}
