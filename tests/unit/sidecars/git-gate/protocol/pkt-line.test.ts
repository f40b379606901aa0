import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorLine, FLUSH, PktLineError, PktLineReader, pktLine } from "../../../../../sidecars/git-gate/protocol/pkt-line.ts";

function read(reader: PktLineReader, bytes: Buffer): (string | number)[] {
  return reader.push(bytes).map((pkt) => ("mark" in pkt ? pkt.mark : pkt.payload.toString()));
}

describe("git's framing", () => {
  test("lines and marks come out as they went in, however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 200 })), fc.integer({ min: 1, max: 50 }), (texts, size) => {
        const stream = Buffer.concat([...texts.map((text) => pktLine(text)), FLUSH]);
        const reader = new PktLineReader();
        const got: (string | number)[] = [];
        for (let at = 0; at < stream.length; at += size) got.push(...read(reader, stream.subarray(at, at + size)));
        expect(got).toEqual([...texts, 0]);
      }),
    );
  });

  test.each(["0003", "fff1", "ffff", "zzzz", "-001", "00 4", "00g"])("a length of %s ends it before anything is buffered", (length) => {
    expect(() => new PktLineReader().push(Buffer.from(`${length}x`))).toThrow(PktLineError);
  });

  test("marks carry nothing; an empty line is not the flush", () => {
    expect(read(new PktLineReader(), Buffer.from("0000000100020004"))).toEqual([0, 1, 2, ""]);
  });

  test("an error is one line", () => {
    expect(errorLine("no key").toString()).toBe("000fERR no key\n");
  });

  test("what does not fit a line is not sent as one", () => {
    expect(() => pktLine(Buffer.alloc(65_517))).toThrow(PktLineError);
  });
});
