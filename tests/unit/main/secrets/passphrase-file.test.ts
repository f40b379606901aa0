import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPassphraseFile } from "../../../../main/secrets/passphrase-file.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bot-bottle-passphrase-"));
  path = join(folder, "passphrase");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a passphrase file (ENV-2)", () => {
  it.each(["three blind mice", "three blind mice\n", "three blind mice\r\nmore\n"])("gives its first line: %j", async (content) => {
    await writeFile(path, content, { mode: 0o600 });
    expect((await readPassphraseFile(path)).reveal()).toBe("three blind mice");
  });

  it("that others can read, is empty or is not there is an error that says so", async () => {
    await expect(readPassphraseFile(path)).rejects.toThrow(/cannot be read \(ENOENT\)/);
    await writeFile(path, "\nsecond line\n", { mode: 0o600 });
    await expect(readPassphraseFile(path)).rejects.toThrow(/holds no passphrase/);
    await chmod(path, 0o644);
    await expect(readPassphraseFile(path)).rejects.toThrow(/open to other users/);
    await expect(readPassphraseFile(folder)).rejects.toThrow(/cannot be read/);
  });
});
