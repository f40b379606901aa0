import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";

/** Bytes of every key here: AES-256. */
export const KEY_BYTES = 32;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export const SealedBytes = z.strictObject({ nonce: z.base64().length(16), sealed: z.base64() });
export type SealedBytes = z.infer<typeof SealedBytes>;

/** Cost of a passphrase's key; what a file asks for is bounded, so that a forged one cannot take the memory of the machine. */
export const PassphraseCost = z.strictObject({
  n: z
    .int()
    .min(2 ** 14)
    .max(2 ** 20)
    .refine((n) => Number.isInteger(Math.log2(n)), "must be a power of two"),
  r: z.literal(8),
  p: z.int().min(1).max(4),
});
export type PassphraseCost = z.infer<typeof PassphraseCost>;

/** 128 MiB and a third of a second on a laptop, for each guess. */
export const STRONG_COST: PassphraseCost = { n: 2 ** 17, r: 8, p: 1 };

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** AES-256-GCM under a nonce of its own; `context` is authenticated with it and must be the same to open. */
export function seal(key: Uint8Array, plain: Uint8Array, context: string): SealedBytes {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { nonce: nonce.toString("base64"), sealed: sealed.toString("base64") };
}

/** What was sealed; null where key, context or a single bit differ. */
export function unseal(key: Uint8Array, { nonce, sealed }: SealedBytes, context: string): Buffer | null {
  const bytes = Buffer.from(sealed, "base64");
  if (bytes.length < TAG_BYTES) return null;
  const end = bytes.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(end));
    return Buffer.concat([decipher.update(bytes.subarray(0, end)), decipher.final()]);
  } catch {
    return null;
  }
}

/** The key a passphrase stands for. Normalised, since keyboards and terminals write one letter in several ways. */
export function passphraseKey(passphrase: string, salt: Uint8Array, { n, r, p }: PassphraseCost): Promise<Buffer> {
  const maxmem = 2 * 128 * n * r;
  return derive(passphrase.normalize("NFKC"), Buffer.from(salt), KEY_BYTES, { N: n, r, p, maxmem });
}
