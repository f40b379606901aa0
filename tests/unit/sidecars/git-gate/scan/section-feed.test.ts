import { PassThrough } from "node:stream";
import { array, assert, asyncProperty, constantFrom, integer, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { LinePieces } from "../../../../../sidecars/git-gate/scan/line-pieces.ts";
import { ScanError } from "../../../../../sidecars/git-gate/scan/scan-limits.ts";
import type { ScanPlace } from "../../../../../sidecars/git-gate/scan/scan-place.ts";
import { PlaceIndex } from "../../../../../sidecars/git-gate/scan/scan-place.ts";
import { SectionFeed } from "../../../../../sidecars/git-gate/scan/section-feed.ts";

/** GIT-3: the scanner sees each run of lines whole, however its input is cut, and its line numbers lead back to the push's. */

const place: ScanPlace = { commit: null, place: "file", path: "a.txt", before: false };
const roomy = { maxTextBytes: 1 << 30, maxSections: 1 << 20 };

async function feedText(texts: readonly string[], limits = roomy) {
  const input = new PassThrough({ highWaterMark: 1 << 28 });
  const places = new PlaceIndex();
  const feed = new SectionFeed(input, places, limits);
  for (const text of texts) {
    const lines = new LinePieces();
    let line = 1;
    for (const piece of [...lines.push(Buffer.from(text)), ...lines.end()]) {
      feed.add(place, line, piece);
      if (piece.last) line += 1;
    }
    feed.endRun();
  }
  await feed.flush();
  input.end();
  return { places, written: Buffer.concat(await input.toArray()).toString() };
}

/** How gitleaks 8.28 cuts what it reads: after some bytes, on to the next two line feeds that only white space parts, at most 25,000 bytes on. */
function chunksOf(text: string, sizes: readonly number[]): string[] {
  const chunks: string[] = [];
  let start = 0;
  for (let turn = 0; start < text.length; turn += 1) {
    let end = Math.min(text.length, start + (sizes[turn % sizes.length] ?? 1));
    while (end < text.length && end - start < 90_000 && !/\n[ \t\r]*\n[ \t\r]*$/.test(text.slice(Math.max(start, end - 200), end)))
      end += 1;
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
}

describe("windows", () => {
  test("are never cut by the scanner's own chunks, whatever blank lines the text has", async () => {
    const line = constantFrom("", " ", "\t", "\r", "word", "two words", "x".repeat(300));
    await assert(
      asyncProperty(
        array(line, { minLength: 1, maxLength: 400 }),
        array(integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 5 }),
        async (lines, sizes) => {
          const { written } = await feedText([lines.join("\n"), lines.toReversed().join("\n")]);
          // Blanks that a window begins with may fall to the chunk before: no secret begins with one.
          for (const chunk of chunksOf(written, sizes)) expect(chunk.replace(/[ \t\r]+$/, "").endsWith("\u0001\n\n")).toBe(true);
        },
      ),
      { numRuns: 40, examples: [[["\r"], [11, 1]]] },
    );
  });

  test("overlap, so that every secret of some thousand bytes lies whole in one of them", async () => {
    const letters = Array.from({ length: 30_000 }, (_, index) => `${index} `).join("");
    const { written } = await feedText([letters]);
    const windows = written.split("\u0001\n\n");
    for (let at = 0; at + 6000 < letters.length; at += 997) {
      const part = letters.slice(at, at + 6000);
      expect(windows.some((window) => window.includes(part))).toBe(true);
    }
  });

  test("stay below what the scanner reads on for", async () => {
    const { written } = await feedText(["x".repeat(200_000), "short line\n".repeat(20_000)]);
    expect(Math.max(...written.split("\u0001\n\n").map(({ length }) => length))).toBeLessThan(25_000);
  });
});

describe("line numbers", () => {
  test("lead back to the place and line of the push", async () => {
    await assert(
      asyncProperty(
        array(
          array(
            string({ maxLength: 40 }).map((text) => text.replaceAll(/[\n\0]/g, "")),
            { minLength: 1, maxLength: 60 },
          ),
          { maxLength: 8 },
        ),
        async (runs) => {
          const marked = runs.map((lines, run) => lines.map((text, index) => `${text} <${run}:${index + 1}>`).join("\n"));
          const { places, written } = await feedText(marked);
          for (const [index, text] of written.split("\n").entries()) {
            const line = /<\d+:(\d+)>$/.exec(text)?.[1];
            if (line !== undefined) expect(places.find(index + 1)).toEqual({ place, line: Number(line) });
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test("of something before the first place there is none", () => {
    expect(new PlaceIndex().find(1)).toBeNull();
  });
});

describe("zero bytes", () => {
  test("a run that has some is read twice: parted by them, and without them", async () => {
    const { written } = await feedText([Buffer.from("wide", "utf16le").toString("latin1")]);
    expect(written).toContain("w i d e");
    expect(written).toContain("\nwide\n");
  });
});

describe("limits", () => {
  test("of text and of pieces refuse", async () => {
    await expect(feedText(["x".repeat(5000)], { ...roomy, maxTextBytes: 4000 })).rejects.toThrow(ScanError);
    await expect(feedText(["a", "b", "c"], { ...roomy, maxSections: 2 })).rejects.toThrow(ScanError);
  });
});
