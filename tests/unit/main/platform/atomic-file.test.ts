import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeFileAtomic } from "../../../../main/platform/atomic-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "atomic-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("replaces a file as a whole and for its owner alone (D12)", async () => {
  const file = join(folder, "state.json");
  await writeFile(file, "old and longer", { mode: 0o644 });
  await writeFileAtomic(file, "new");
  expect(await readFile(file, "utf8")).toBe("new");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("leaves nothing behind when it fails", async () => {
  await expect(writeFileAtomic(join(folder, "."), "x")).rejects.toThrow();
  expect(await readdir(folder)).toEqual([]);
});

test("writers at the same time never mix", async () => {
  const file = join(folder, "state.json");
  const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
  await Promise.all(contents.map((content) => writeFileAtomic(file, content)));
  expect(contents).toContain(await readFile(file, "utf8"));
  expect(await readdir(folder)).toEqual(["state.json"]);
});
