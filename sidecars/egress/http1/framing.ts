import type { BodyKind } from "./body-scanner.ts";

const CRLF = Buffer.from("\r\n", "latin1");
const EMPTY = Buffer.alloc(0);
// No trailer line may end early or begin another one.
const TRAILER_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const TRAILER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Data of a stream as it is framed in HTTP/1.1. */
export function framedData(kind: BodyKind, data: Buffer): Buffer {
  if (kind.kind !== "chunked" || data.length === 0) return data;
  const size = Buffer.from(`${data.length.toString(16)}\r\n`, "latin1");
  return Buffer.concat([size, data, CRLF], size.length + data.length + CRLF.length);
}

/** What ends the body there. `trailers` is a field section: name, value, name, value; null when a field of it is not sendable. */
export function framedEnd(kind: BodyKind, trailers: readonly string[]): Buffer | null {
  if (kind.kind !== "chunked") return EMPTY;
  let text = "0\r\n";
  for (let at = 0; at + 1 < trailers.length; at += 2) {
    const name = trailers[at] ?? "";
    const value = trailers[at + 1] ?? "";
    if (!TRAILER_NAME.test(name) || !TRAILER_VALUE.test(value)) return null;
    text += `${name}: ${value}\r\n`;
  }
  return Buffer.from(`${text}\r\n`, "latin1");
}
