import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { demultiplex } from "../../../../../../main/backends/docker/streams/demultiplex.ts";

const STDOUT = 1;
const STDERR = 2;

function frame(kind: number, body: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = kind;
  header.writeUInt32BE(Buffer.byteLength(body), 4);
  return Buffer.concat([header, Buffer.from(body)]);
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

describe("the engine's multiplexed output", () => {
  const bytes = Buffer.concat([frame(STDOUT, "out "), frame(STDERR, "wrong"), frame(STDOUT, ""), frame(STDOUT, "more")]);

  it.each([1, 3, 8, 13, bytes.length])("is split whatever its pieces, here of %i bytes", async (size) => {
    const { stdout, stderr } = demultiplex(Readable.from(pieces(bytes, size)));
    expect(await Promise.all([text(stdout), text(stderr)])).toEqual(["out more", "wrong"]);
  });

  it.each([
    ["in a header", bytes.subarray(0, bytes.length - 10)],
    ["in a body", bytes.subarray(0, bytes.length - 2)],
  ])("fails when it is cut %s", async (_where, cut) => {
    const { stdout, stderr } = demultiplex(Readable.from([cut]));
    stderr.resume();
    await expect(text(stdout)).rejects.toThrow("inside a frame");
  });

  it("fails with its source", async () => {
    const source = new PassThrough();
    const { stdout, stderr } = demultiplex(source);
    stderr.resume();
    source.destroy(new Error("the engine went away"));
    await expect(text(stdout)).rejects.toThrow("the engine went away");
  });

  it("goes on for one reader after the other has left", async () => {
    const { stdout, stderr } = demultiplex(Readable.from([frame(STDERR, "x".repeat(200_000)), frame(STDOUT, "out")]));
    stderr.destroy();
    expect(await text(stdout)).toBe("out");
  });
});
