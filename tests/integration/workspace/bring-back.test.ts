import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstat, readdir, readFile, readlink, watch } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CopiedBottle } from "../../support/workspace/copied-bottle.ts";
import { copiedBottle } from "../../support/workspace/copied-bottle.ts";
import { hostTree } from "../../support/workspace/host-tree.ts";
import { makeLargeTree } from "../../support/workspace/large-tree.ts";

const signal = AbortSignal.timeout(600_000);
const text = (bottle: CopiedBottle, path: string) => readFile(join(bottle.host.path, path), "utf8");
const MIB = 1024 * 1024;

async function applyAll(bottle: CopiedBottle, overwrite: readonly string[] = []) {
  const { digest, changes } = await bottle.changes();
  return bottle.bringBack.apply(bottle.slug, { digest, paths: changes.map(({ path }) => path), overwrite }, signal);
}

describe("a bottle's workspace, reviewed and brought back (ENV-4)", () => {
  it("brings an agent's work to the host: edits, new files, removals, links, modes", async () => {
    await using bottle = await copiedBottle({
      "src/a.js": "let a;\n",
      "b.txt": "b\n",
      "run.sh": "#!/bin/sh\n",
      ".git/config": "[core]\n",
      ".bottleignore": "secret\n",
      secret: "not for agents",
    });
    expect((await bottle.sh("ls secret")).code).not.toBe(0);
    await bottle.sh(
      "echo 'let b;' >> src/a.js; rm b.txt; chmod +x run.sh; mkdir -p lib; echo new > lib/new.txt; ln -s src/a.js main; git init -q . 2>/dev/null; echo '[evil]' >> .git/config",
    );
    const review = await bottle.changes();
    expect(review.changes.map(({ path, change }) => `${change} ${path}`)).toEqual([
      "removed b.txt",
      "added lib/new.txt",
      "added main",
      "mode run.sh",
      "changed src/a.js",
    ]);
    expect(review.changes.at(-1)?.patch).toContain("+let b;");
    expect(review.notes[0]).toContain(".git changed");
    const { skipped, backup } = await applyAll(bottle);
    expect(skipped).toEqual([]);
    expect(await text(bottle, "src/a.js")).toBe("let a;\nlet b;\n");
    expect(await text(bottle, "lib/new.txt")).toBe("new\n");
    expect(await readlink(join(bottle.host.path, "main"))).toBe("src/a.js");
    expect((await lstat(join(bottle.host.path, "run.sh"))).mode & 0o111).not.toBe(0);
    expect(await text(bottle, ".git/config")).toBe("[core]\n");
    expect(await text(bottle, "secret")).toBe("not for agents");
    expect(await readFile(join(backup as string, "files/b.txt"), "utf8")).toBe("b\n");
    expect((await bottle.changes()).total).toBe(0);
  });

  it("asks before it overwrites what the operator changed meanwhile", async () => {
    await using bottle = await copiedBottle({ "a.txt": "a\n" });
    await bottle.sh("echo agent > a.txt");
    await bottle.host.add({ "a.txt": "operator\n" });
    expect(await applyAll(bottle)).toMatchObject({ applied: [], skipped: [{ path: "a.txt" }] });
    expect(await text(bottle, "a.txt")).toBe("operator\n");
    const { backup } = await applyAll(bottle, ["a.txt"]);
    expect(await text(bottle, "a.txt")).toBe("agent\n");
    expect(await readFile(join(backup as string, "files/a.txt"), "utf8")).toBe("operator\n");
  });

  it("writes nothing that an agent tries to place elsewhere, or to have run as somebody else (SEC-3)", async () => {
    await using outside = await hostTree({ "victim.txt": "safe\n" });
    await using bottle = await copiedBottle({ "a.txt": "a\n", "dir/x": "x\n", "to-host": `-> ${outside.path}` });
    await bottle.sh(`
      ln -s ${outside.path} out; ln -s ../../../../../..${outside.path}/victim.txt up; ln -s dir/../../.. chain
      ln -s .git/hooks hooks; mkdir -p .git/hooks sub/.git; echo evil > .git/hooks/pre-commit; echo evil > sub/.git/config; mkdir -p .GIT; echo evil > .GIT/config
      rm to-host; mkdir to-host; echo evil > to-host/victim.txt
      mkfifo pipe; cp /bin/true suid; chmod u+s suid; echo evil > $'line\\nbreak'; echo evil > $'gpj\\u202ehs.x'
      echo evil > A.TXT; echo evil > 'back\\\\slash'; ln a.txt hard; ln /etc/hostname foreign 2>/dev/null
      rm -r dir; ln -s ${outside.path} dir`);
    const review = await bottle.changes();
    const allowed = review.changes.filter(({ refused }) => refused === null).map(({ path }) => path);
    expect(allowed.toSorted()).toEqual(["dir/x", "hard", "to-host"]);
    await applyAll(bottle);
    expect(await readdir(outside.path)).toEqual(["victim.txt"]);
    expect(await text({ host: outside } as CopiedBottle, "victim.txt")).toBe("safe\n");
    const now = await readdir(bottle.host.path);
    for (const name of ["out", "up", "chain", "hooks", ".git", "sub", ".GIT", "pipe", "suid", "A.TXT", "foreign"])
      expect(now).not.toContain(name);
    // Once the operator's own link has given way to the agent's folder, what lies in it may come too.
    expect((await lstat(join(bottle.host.path, "to-host"))).isDirectory()).toBe(true);
    await applyAll(bottle);
    expect(await text(bottle, "to-host/victim.txt")).toBe("evil\n");
    expect(await readdir(outside.path)).toEqual(["victim.txt"]);
  });

  it("brings back what was reviewed while the agent goes on writing, and refuses what moved", async () => {
    await using bottle = await copiedBottle({ "done.txt": "old\n", "busy.txt": "0\n" });
    await bottle.sh(
      "echo finished > done.txt; (for i in $(seq 1 3000); do echo $i-$RANDOM > busy.txt; head -c $((RANDOM * 40)) /dev/zero > growing; done) >/dev/null 2>&1 & echo $! > /tmp/busy",
    );
    const { digest, changes } = await bottle.changes();
    expect(changes.map(({ path }) => path)).toContain("done.txt");
    const { applied } = await bottle.bringBack.apply(bottle.slug, { digest, paths: ["done.txt"], overwrite: [] }, signal);
    expect(applied).toEqual(["done.txt"]);
    expect(await text(bottle, "done.txt")).toBe("finished\n");
    await bottle.sh("kill $(cat /tmp/busy); echo reviewed > moves.txt");
    const later = await bottle.changes();
    await bottle.sh("echo swapped > moves.txt");
    await expect(
      bottle.bringBack.apply(bottle.slug, { digest: later.digest, paths: ["moves.txt"], overwrite: [] }, signal),
    ).rejects.toMatchObject({ code: "stale-revision" });
    expect(await readdir(bottle.host.path)).not.toContain("moves.txt");
  });

  it("leaves whole files when it is killed in the middle, and finishes the next time", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `file-${String(index).padStart(3, "0")}`);
    const old = "o".repeat(300_000);
    await using bottle = await copiedBottle(Object.fromEntries(names.map((name) => [name, old])));
    await bottle.sh("head -c 400000 /dev/zero | tr '\\0' n > /tmp/new; for f in file-*; do cat /tmp/new > $f; done");
    await killWhenItWrites(bottle);
    const contents = await Promise.all(names.map((name) => text(bottle, name)));
    const now = "n".repeat(400_000);
    expect(contents.filter((content) => content !== old && content !== now)).toEqual([]);
    expect(contents.filter((content) => content === now).length).toBeGreaterThan(0);
    expect((await applyAll(bottle)).skipped).toEqual([]);
    expect((await Promise.all(names.map((name) => text(bottle, name)))).every((content) => content === now)).toBe(true);
  });

  it("copies 20,000 files and 200 MiB with progress and flat memory, and can be cancelled", async () => {
    const before = process.memoryUsage().rss;
    await using bottle = await copiedBottle((root) => makeLargeTree(root, 20_000, 200 * MIB));
    expect((process.memoryUsage().rss - before) / MIB).toBeLessThan(250);
    expect(bottle.told.length).toBeGreaterThan(2);
    expect(bottle.told.at(-1)).toMatch(/^20,000 files, 200 MiB/);
    expect((await bottle.sh("find . -type f | wc -l")).stdout.trim()).toBe("20000");
    expect((await bottle.changes()).total).toBe(0);
    await bottle.sh("echo x >> area-0/folder-0/file-7.txt");
    expect((await bottle.changes()).changes.map(({ path }) => path)).toEqual(["area-0/folder-0/file-7.txt"]);
    const cancel = new AbortController();
    const reading = bottle.bringBack.changes(bottle.slug, () => cancel.abort(new Error("enough")), cancel.signal);
    await expect(reading).rejects.toThrow("enough");
  });
});

/** Another client brings everything back and dies as soon as the first file has changed. */
async function killWhenItWrites({ host, home, slug }: CopiedBottle): Promise<void> {
  const seen = new AbortController();
  const client = spawn(process.execPath, [join(import.meta.dirname, "../../support/workspace/bring-all-back.ts"), home.root, slug], {
    stdio: "inherit",
  });
  const exited = once(client, "exit").then(() => seen.abort());
  try {
    for await (const { eventType, filename } of watch(host.path, { signal: seen.signal })) {
      if (eventType !== "rename" || filename?.startsWith("file-") !== true) continue;
      client.kill("SIGKILL");
      break;
    }
  } finally {
    client.kill("SIGKILL");
    await exited;
  }
}
