import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";

// The real library with its patience taken away: half a minute of waiting proves nothing more.
vi.mock("proper-lockfile", async (original) => {
  const library = await original<{ default: typeof import("proper-lockfile") }>();
  return { default: { ...library.default, lock: (path: string) => library.default.lock(path, { realpath: false, retries: 0 }) } };
});

const { withFileLock } = await import("../../../../main/platform/file-lock.ts");

it("a lock that another process keeps is told in words, and the task does not run (UI-4)", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bot-bottle-lock-"));
  try {
    const ran = vi.fn(async () => undefined);
    await withFileLock(folder, "store", async () => {
      const second = withFileLock(folder, "store", ran);
      await expect(second).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("still busy with") });
    });
    expect(ran).not.toHaveBeenCalled();
    await withFileLock(folder, "store", ran);
    expect(ran).toHaveBeenCalledOnce();
  } finally {
    await rm(folder, { recursive: true });
  }
});
