import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import type { Header } from "tar-stream";
import { extract } from "tar-stream";
import { describe, expect, it } from "vitest";
import type { TarEntry } from "../../../../../../main/backends/docker/launch/tar-header.ts";
import { TAR_END, tarHeader, tarPadding } from "../../../../../../main/backends/docker/launch/tar-header.ts";

async function readBack(entries: readonly { header: TarEntry; content: Buffer }[]): Promise<{ header: Header; content: Buffer }[]> {
  const pieces = entries.flatMap(({ header, content }) => [tarHeader(header), content, tarPadding(content.length)]);
  const files = extract();
  Readable.from([...pieces, TAR_END]).pipe(files);
  const read: { header: Header; content: Buffer }[] = [];
  for await (const entry of files) read.push({ header: entry.header, content: await buffer(entry as unknown as Readable) });
  return read;
}

const OWNER = { uid: 1000, gid: 1000, mtime: new Date(1_700_000_000_000) };

describe("headers of what goes into a container (D3)", () => {
  it("are read by others as they were meant, whatever the names", async () => {
    const part = fc.string({ unit: "binary", minLength: 1, maxLength: 80 }).map((text) => text.replaceAll(/[/\0]/g, "_"));
    const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
    const entry = fc.record({ name: path, content: fc.uint8Array({ maxLength: 2000 }), mode: fc.integer({ min: 0, max: 0o777 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 5 }), async (entries) => {
        const given = entries.map(({ name, content, mode }) => ({
          header: { ...OWNER, type: "file" as const, name: Buffer.from(name), mode, size: content.length },
          content: Buffer.from(content),
        }));
        const read = await readBack(given);
        expect(read.map(({ header: { name, mode, size, uid }, content }) => ({ name, mode, size, uid, content }))).toEqual(
          given.map(({ header, content }) => ({
            name: header.name.toString(),
            mode: header.mode,
            size: content.length,
            uid: 1000,
            content,
          })),
        );
      }),
      { numRuns: 200 },
    );
  });

  it.each([99, 100, 101, 255, 256, 4000])("hold a name and a target of %i bytes", async (length) => {
    const name = Buffer.from("n".repeat(length));
    const target = Buffer.from("t".repeat(length));
    const [read] = await readBack([{ header: { ...OWNER, type: "link", name, target, mode: 0o777, size: 0 }, content: Buffer.alloc(0) }]);
    expect(read?.header).toMatchObject({ name: name.toString(), linkname: target.toString(), type: "symlink" });
  });

  it("tell sizes beyond eight gigabytes, and times before 1970 as 1970", () => {
    const header = tarHeader({ ...OWNER, type: "file", name: Buffer.from("big"), mode: 0o644, size: 2 ** 40, mtime: new Date(-5000) });
    expect(header.toString("latin1")).toContain(`size=${2 ** 40}\n`);
    expect(header.subarray(-512).toString("latin1", 136, 147)).toBe("00000000000");
  });

  it("keep names that are no UTF-8, byte for byte", () => {
    const name = Buffer.from([0x66, 0xff, 0xfe, 0x80]);
    expect(
      tarHeader({ ...OWNER, type: "file", name, mode: 0o644, size: 0 })
        .subarray(0, 4)
        .equals(name),
    ).toBe(true);
    const long = Buffer.concat([Buffer.alloc(120, 0x61), name]);
    expect(
      tarHeader({ ...OWNER, type: "file", name: long, mode: 0o644, size: 0 }).includes(Buffer.concat([Buffer.from("path="), long])),
    ).toBe(true);
  });
});
