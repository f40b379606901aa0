import { array, assert, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { LinePieces, MAX_PIECE } from "../../../../../sidecars/git-gate/scan/line-pieces.ts";

/** GIT-5: a push's lines are cut into pieces of a bounded size, whatever the chunks they come in. */

function read(chunks: readonly Buffer[]) {
  const lines = new LinePieces();
  return [
    ...chunks.flatMap((chunk) => [...lines.push(chunk)].map((piece) => ({ ...piece, bytes: Buffer.from(piece.bytes) }))),
    ...lines.end(),
  ];
}

test("pieces put together are the text again, line feeds where pieces say last", () => {
  assert(
    property(array(uint8Array({ maxLength: 6000 }), { maxLength: 6 }), (parts) => {
      const chunks = parts.map((part) => Buffer.from(part));
      const text = Buffer.concat(chunks);
      const again = Buffer.concat(read(chunks).flatMap(({ bytes, last }) => (last ? [bytes, Buffer.from("\n")] : [bytes])));
      const ended = text.length === 0 || text.at(-1) === 10 ? text : Buffer.concat([text, Buffer.from("\n")]);
      expect(again.equals(ended)).toBe(true);
    }),
  );
});

test("a line of any length comes in pieces that are not too long, the first marked first and the last last", () => {
  const pieces = read([Buffer.alloc(5 * MAX_PIECE + 3, "x"), Buffer.from("yz\nnext\n")]);
  expect(pieces.every(({ bytes }) => bytes.length <= MAX_PIECE)).toBe(true);
  expect(pieces.map(({ first, last }) => [first, last])).toEqual([
    [true, false],
    [false, false],
    [false, false],
    [false, false],
    [false, false],
    [false, true],
    [true, true],
  ]);
});
