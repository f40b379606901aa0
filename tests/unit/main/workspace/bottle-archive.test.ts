import { createHash, randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BottleEntry } from "../../../../main/workspace/bottle-archive.ts";
import { BrokenArchive, readBottleArchive } from "../../../../main/workspace/bottle-archive.ts";
import type { RawEntry } from "../../../support/workspace/bottle-tar.ts";
import { rawTar, streamOf } from "../../../support/workspace/bottle-tar.ts";

const ROOT: RawEntry = { name: "workspace/", type: "directory" };

async function read(tar: Readable, signal = AbortSignal.timeout(20_000)): Promise<BottleEntry[]> {
  const entries: BottleEntry[] = [];
  for await (const entry of readBottleArchive(tar, { folder: "workspace", headBytes: (_path, size) => Math.min(size, 100) }, signal))
    entries.push(entry);
  return entries;
}

const readRaw = async (...entries: RawEntry[]) => read(streamOf(await rawTar([ROOT, ...entries])));

describe("a bottle's workspace as a tar (ENV-4)", () => {
  it("tells files with their hash and beginning, folders and links", async () => {
    const content = randomBytes(300_000);
    const entries = await readRaw(
      { name: "workspace/a*b", content, mode: 0o755 },
      { name: "workspace/empty", content: "" },
      { name: "workspace/sub/", type: "directory" },
      { name: "workspace/link", type: "symlink", linkname: "a*b" },
    );
    expect(entries.map(({ path, state, refused }) => ({ path, state, refused }))).toEqual([
      {
        path: "a*b",
        state: { kind: "file", executable: true, size: 300_000, sha256: createHash("sha256").update(content).digest("base64url") },
        refused: null,
      },
      { path: "empty", state: expect.objectContaining({ kind: "file", size: 0 }), refused: null },
      { path: "sub", state: { kind: "folder" }, refused: null },
      { path: "link", state: { kind: "link", target: "a*b" }, refused: null },
    ]);
    expect(entries[0]?.head?.equals(content.subarray(0, 100))).toBe(true);
  });

  it.each<[string, RawEntry, string]>([
    ["an absolute name", { name: "/etc/passwd", content: "x" }, "leads out"],
    ["a name beside the folder", { name: "elsewhere/x", content: "x" }, "leads out"],
    ["a name that climbs", { name: "workspace/../x", content: "x" }, "leads out"],
    ["a name that climbs by a pax header", { name: "workspace/x", content: "x", pax: { path: "workspace/../../etc/x" } }, "leads out"],
    ["a folder that climbs", { name: "workspace/a/../../b/", type: "directory" }, "leads out"],
    ["a device", { name: "workspace/disk", type: "block-device" }, "no file, folder or link"],
    ["a character device", { name: "workspace/tty", type: "character-device" }, "no file, folder or link"],
    ["a pipe", { name: "workspace/pipe", type: "fifo" }, "no file, folder or link"],
    ["a program that runs as its owner", { name: "workspace/su", content: "x", mode: 0o4755 }, "as its owner"],
    ["a program that runs as its group", { name: "workspace/sg", content: "x", mode: 0o2755 }, "as its owner"],
    ["a hard link to a file outside", { name: "workspace/hard", type: "link", linkname: "/etc/passwd" }, "outside the folder"],
    ["a hard link that climbs", { name: "workspace/hard", type: "link", linkname: "workspace/../../etc/passwd" }, "outside the folder"],
    ["a hard link to what was not told", { name: "workspace/hard", type: "link", linkname: "workspace/later" }, "outside the folder"],
  ])("refuses %s", async (_name, entry, reason) => {
    const [told] = await readRaw(entry);
    expect(told?.refused).toContain(reason);
  });

  it("takes a hard link to a file of the same archive as that file", async () => {
    const [file, hard] = await readRaw(
      { name: "workspace/a", content: "same" },
      { name: "workspace/b", type: "link", linkname: "workspace/a" },
    );
    expect(hard).toMatchObject({ path: "b", refused: null, linkOf: "a", state: file?.state });
  });

  it("refuses what is named twice", async () => {
    const told = await readRaw({ name: "workspace/x", content: "good" }, { name: "workspace/x", content: "bad" });
    expect(told.map(({ refused }) => refused)).toEqual([null, "the bottle names it twice"]);
  });

  it("refuses a workspace that became a link", async () => {
    const tar = await rawTar([{ name: "workspace", type: "symlink", linkname: "/" }]);
    await expect(read(streamOf(tar))).rejects.toMatchObject({ code: "conflict", hint: expect.stringContaining("replaced") });
  });

  it("stops at a size nobody could read through, at once", async () => {
    const tar = await rawTar([ROOT, { name: "workspace/huge", content: "" }]);
    // The size field of the second header, in base 256: eight exabytes.
    const size = Buffer.from([0x80, 0, 0, 0, 0x6f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    size.copy(tar, 512 + 124);
    writeChecksum(tar.subarray(512, 1024));
    await expect(read(streamOf(tar))).rejects.toMatchObject({ code: "unsupported", message: expect.stringContaining("huge") });
  });

  it.each([1, 511, 512, 700, 1024, 1536])("takes no part of an archive for the whole (cut after %i bytes)", async (bytes) => {
    const tar = await rawTar([ROOT, { name: "workspace/a", content: "x".repeat(600) }, { name: "workspace/b", content: "y" }]);
    await expect(read(streamOf(tar.subarray(0, bytes)))).rejects.toBeInstanceOf(BrokenArchive);
  });

  it("ends when it is cancelled in the middle", async () => {
    const endless = new PassThrough();
    endless.write((await rawTar([ROOT, { name: "workspace/a", content: "x" }])).subarray(0, 1024 + 512));
    const cancel = new AbortController();
    const reading = read(endless, cancel.signal);
    cancel.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    expect(endless.destroyed).toBe(true);
  });

  it("survives any bytes: it tells entries or says that the archive is broken", async () => {
    const valid = await rawTar([
      ROOT,
      { name: "workspace/a", content: "x".repeat(600) },
      { name: "workspace/b", type: "symlink", linkname: "a" },
    ]);
    const flips = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const tar = Buffer.from(valid);
        for (const [at, value] of changes) tar[at] = value;
        for (const header of [0, 512, 1536]) if (changes.length % 2 === 0) writeChecksum(tar.subarray(header, header + 512));
        const outcome = await read(streamOf(tar)).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: "OperatorError" });
      }),
      { numRuns: 300 },
    );
  });
});

function writeChecksum(block: Buffer): void {
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}
