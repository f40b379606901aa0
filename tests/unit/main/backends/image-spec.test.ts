import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ImageSpec } from "../../../../main/backends/backend.ts";
import { describeImage } from "../../../../main/backends/image-spec.ts";

/** BKD-2: an image is named by everything it is built from, so that an old one is never taken for it. */

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bot-bottle-image-"));
  await writeFile(join(folder, "Dockerfile"), "FROM scratch\n");
});

afterAll(() => rm(folder, { recursive: true }));

async function ref(build: Partial<ImageSpec["build"]> = {}): Promise<string> {
  const dockerfile = join(folder, "Dockerfile");
  return (await describeImage({ name: "image", build: { dockerfile, contextDir: folder, include: [], args: {}, ...build } })).ref;
}

function other(name: string): ImageSpec {
  return { ref: name, build: { dockerfile: "", contextDir: "", args: {} } };
}

test("the base, the public base in its place, arguments, and images that are copied from all count", async () => {
  const variants: readonly Partial<ImageSpec["build"]>[] = [
    {},
    { base: other("a") },
    { base: other("b") },
    { publicBase: "public:1" },
    { args: { VERSION: "1" } },
    { copiesFrom: { TOOLS: other("tools:1") } },
    { copiesFrom: { TOOLS: other("tools:2") } },
    { copiesFrom: { OTHER: other("tools:1") } },
  ];
  const refs = await Promise.all(variants.map(ref));
  expect(new Set(refs).size).toBe(variants.length);
});

test("the order in which they are named does not", async () => {
  expect(await ref({ args: { A: "1", B: "2" } })).toBe(await ref({ args: { B: "2", A: "1" } }));
  const [a, b] = [other("a"), other("b")];
  expect(await ref({ copiesFrom: { A: a, B: b } })).toBe(await ref({ copiesFrom: { B: b, A: a } }));
});
