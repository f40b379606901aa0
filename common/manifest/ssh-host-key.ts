/** Public keys by which an SSH server proves who it is, and how many bytes the parts after the type's name may have. */
const HOST_KEY_SHAPES: Readonly<Record<string, (parts: readonly Uint8Array[]) => boolean>> = {
  "ssh-ed25519": ([key, ...rest]) => key?.byteLength === 32 && rest.length === 0,
  "ecdsa-sha2-nistp256": (parts) => isPoint(parts, "nistp256", 65),
  "ecdsa-sha2-nistp384": (parts) => isPoint(parts, "nistp384", 97),
  "ecdsa-sha2-nistp521": (parts) => isPoint(parts, "nistp521", 133),
  // Below 2048 bits a key can be forged with enough money, and whoever forges it reads every push.
  "ssh-rsa": ([exponent, modulus, ...rest]) =>
    (exponent?.byteLength ?? 0) >= 1 && (modulus?.byteLength ?? 0) >= 256 && (modulus?.byteLength ?? 0) <= 2049 && rest.length === 0,
};

export const HOST_KEY_TYPES = Object.keys(HOST_KEY_SHAPES);

const ADVICE = "give the type and the key alone, for example: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA…";

/**
 * Why a text is not `<type> <base64>` of a host's public key; null where it is one. It becomes a line of the gate's
 * known_hosts, so nothing may stand in it that ssh could read as a marker, a pattern of hosts or a second line.
 */
export function hostKeyFault(text: string): string | null {
  const [type = "", key = "", ...rest] = text.split(" ");
  const shape = Object.hasOwn(HOST_KEY_SHAPES, type) ? HOST_KEY_SHAPES[type] : undefined;
  if (shape === undefined) return unknownType(type, [key, ...rest]);
  if (rest.length > 0) return `has something after the key; ${ADVICE}`;
  const parts = readParts(decodeBase64(key));
  const [name, ...values] = parts ?? [];
  if (name === undefined) return `is not a key that can be read: it may be cut off; ${ADVICE}`;
  if (new TextDecoder().decode(name) !== type) return `says ${type}, but the key in it is of another type; ${ADVICE}`;
  return shape(values) ? null : `is not a whole ${type} key${type === "ssh-rsa" ? " of at least 2048 bits" : ""}; ${ADVICE}`;
}

function unknownType(first: string, rest: readonly string[]): string {
  if (rest.some((part) => HOST_KEY_TYPES.includes(part))) return `looks like a line of known_hosts: leave "${first}" out and ${ADVICE}`;
  if (first.startsWith("SHA256:")) return `is a fingerprint, which cannot be turned back into the key; ${ADVICE}`;
  return `does not start with a type of key that is known (${HOST_KEY_TYPES.join(", ")}); ${ADVICE}`;
}

function isPoint([curve, point, ...rest]: readonly Uint8Array[], name: string, bytes: number): boolean {
  if (curve === undefined || point === undefined || rest.length > 0) return false;
  return new TextDecoder().decode(curve) === name && point.byteLength === bytes && point[0] === 4;
}

/** The parts of an SSH key, each after its length in four bytes; null where the lengths do not add up. */
function readParts(blob: Uint8Array | null): Uint8Array[] | null {
  if (blob === null) return null;
  const parts: Uint8Array[] = [];
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  for (let at = 0; at < blob.byteLength; ) {
    if (at + 4 > blob.byteLength) return null;
    const end = at + 4 + view.getUint32(at);
    if (end > blob.byteLength) return null;
    parts.push(blob.subarray(at + 4, end));
    at = end;
  }
  return parts;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Strict: whole groups, canonical padding and nothing else; null for any other text. */
function decodeBase64(text: string): Uint8Array | null {
  if (text.length === 0 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const digits = text.replace(/=+$/, "");
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let buffered = 0;
  let bits = 0;
  let at = 0;
  for (const digit of digits) {
    buffered = ((buffered << 6) | ALPHABET.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (buffered >> bits) & 0xff;
  }
  // Bits beyond the last byte would be a second spelling of the same key.
  return (buffered & ((1 << bits) - 1)) === 0 ? bytes : null;
}
