/** Letters in a row that are no chance. */
const LETTERS = 6;
/** With four bytes each, and one more. */
export const TELLING_BYTES = 4 * (LETTERS + 1);

/** Whether text with two or four bytes a letter (UTF-16, UTF-32) stands anywhere in these bytes, in either order. */
export function holdsWide(bytes: Buffer): boolean {
  const first = bytes.indexOf(0);
  if (first === -1) return false;
  for (let at = first; at + 2 * LETTERS <= bytes.length; at += 1) {
    if (bytes[at] === 0 && isLetter(bytes[at + 1]) && (alternates(bytes, at, 2) || alternates(bytes, at, 4))) return true;
  }
  return false;
}

/** Whether from a zero on each letter comes `width` bytes after the one before it, with a zero ahead of it. */
function alternates(bytes: Buffer, zero: number, width: number): boolean {
  for (let at = zero; at < zero + LETTERS * width; at += width) if (bytes[at] !== 0 || !isLetter(bytes[at + 1])) return false;
  return true;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x20 && byte <= 0x7e) || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

/** The letters of such text, one byte each. */
export function narrowed(bytes: Buffer): Buffer {
  return bytes.filter((byte) => byte !== 0) as Buffer;
}
