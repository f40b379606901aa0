/** Of a text's beginning. */
const SAMPLE = 256;

/** Whether bytes look like text with two or four bytes a letter (UTF-16, UTF-32), in either order. */
export function isWide(bytes: Buffer): boolean {
  if (!bytes.includes(0)) return false;
  const sample = bytes.subarray(0, SAMPLE);
  let zeros = 0;
  for (const byte of sample) if (byte === 0) zeros += 1;
  return zeros * 3 >= sample.length;
}

/** The letters of such text, one byte each. */
export function narrowed(bytes: Buffer): Buffer {
  return bytes.filter((byte) => byte !== 0) as Buffer;
}
