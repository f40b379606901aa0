import { describe, expect, test } from "vitest";
import { isBinary, textOf } from "../../../../../sidecars/git-gate/scan/binary-text.ts";

/** GIT-3: text inside binary files is scanned, in one byte a letter or in more. */

const texts = (bytes: Buffer) =>
  textOf({ bytes, first: true, last: true }).map((piece) => piece.bytes.toString("latin1").replaceAll("\0", "."));

describe("text in binary bytes", () => {
  test("runs of printable bytes are kept, short ones are not", () => {
    expect(texts(Buffer.from("\x01\x02a run of text\xff\xfeshort\x03another run", "latin1"))).toEqual(["a run of text", "another run"]);
  });

  test("zero bytes between letters stay in a run, longer gaps part it", () => {
    expect(texts(Buffer.from("\xff\xfew\0i\0d\0e\0 \0t\0e\0x\0t\0", "latin1"))).toEqual(["w.i.d.e. .t.e.x.t"]);
    expect(texts(Buffer.from("first run\0\0\0\0second run\x01", "latin1"))).toEqual(["first run", "second run"]);
  });

  test("a piece that is all text is passed on as it is, so that lines stay together", () => {
    const piece = { bytes: Buffer.from("all of it is text"), first: false, last: true };
    expect(textOf(piece)).toEqual([piece]);
  });

  test("a zero byte at the beginning makes a file binary", () => {
    expect(isBinary(Buffer.from("text\0"))).toBe(true);
    expect(isBinary(Buffer.from("text"))).toBe(false);
    expect(isBinary(Buffer.concat([Buffer.alloc(8000, "x"), Buffer.alloc(1)]))).toBe(false);
  });
});
