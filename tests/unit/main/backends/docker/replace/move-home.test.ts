import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { wholeArchive } from "../../../../../../main/backends/docker/replace/move-home.ts";

async function homeArchive(): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: "node/file" }, "content");
  tar.entry({ name: "node/other" }, "more");
  tar.finalize();
  return await buffer(tar);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

const MOST = 1024 * 1024;
const passed = async (bytes: Buffer, size: number, most = MOST) =>
  Buffer.concat(await Readable.from(wholeArchive(inPieces(bytes, size), most)).toArray());

describe("a home on its way to another container (SUP-5)", () => {
  it.each([1, 7, 512, 100_000])("passes as it is, in pieces of %i bytes", async (size) => {
    const archive = await homeArchive();
    expect((await passed(archive, size)).equals(archive)).toBe(true);
  });

  it("that ends between two files is not taken for all of it", async () => {
    const archive = await homeArchive();
    await expect(passed(archive.subarray(0, 1024), 512)).rejects.toThrow("ended early");
    await expect(passed(Buffer.alloc(0), 512)).rejects.toThrow("ended early");
  });

  it("that never ends is given up, with what to do", async () => {
    const endless = async function* () {
      for (;;) yield Buffer.alloc(64 * 1024);
    };
    await expect(Readable.from(wholeArchive(endless(), MOST)).toArray()).rejects.toMatchObject({
      code: "unsupported",
      hint: expect.stringContaining("removed"),
    });
  });
});
