import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FILES_A_FOLDER = 100;
const LARGE_BYTES = 16 * 1024 * 1024;

/** A project of so many files: most of them small, and half of all bytes in a few large ones, as in real ones. */
export async function makeLargeTree(root: string, files: number, bytes: number): Promise<void> {
  const large = Math.floor(bytes / 2 / LARGE_BYTES);
  const small = files - large;
  const content = Buffer.alloc(Math.floor((bytes - large * LARGE_BYTES) / small), "the quick brown fox jumps over the lazy dog\n");
  for (let first = 0; first < small; first += FILES_A_FOLDER) {
    const folder = join(root, `area-${first % 37}`, `folder-${first}`);
    await mkdir(folder, { recursive: true });
    const names = Array.from({ length: Math.min(FILES_A_FOLDER, small - first) }, (_, index) => first + index);
    await Promise.all(
      names.map((name) => writeFile(join(folder, `file-${name}.txt`), `${name}\n${content.subarray(String(name).length + 1)}`)),
    );
  }
  const block = Buffer.alloc(LARGE_BYTES, "\x01\x02\x03\xfe", "latin1");
  for (let index = 0; index < large; index += 1) await writeFile(join(root, `large-${index}.bin`), block);
}
