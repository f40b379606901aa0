import { execFile } from "node:child_process";
import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { WorkspaceChanges } from "#common/ipc/workspace-methods.ts";
import { TAR_END, tarHeader } from "../../../../main/backends/docker/launch/tar-header.ts";
import { homePaths } from "../../../../main/platform/home.ts";
import { BringBack } from "../../../../main/workspace/bring-back.ts";
import { workspaceCopy } from "../../../../main/workspace/copy-in.ts";
import { workspaceFiles } from "../../../../main/workspace/workspace-files.ts";
import { rawTar, streamOf, workspaceTar } from "../../../support/workspace/bottle-tar.ts";
import type { HostTree, Tree } from "../../../support/workspace/host-tree.ts";
import { hostTree } from "../../../support/workspace/host-tree.ts";

const SLUG = "demo-k3v9q";
const signal = AbortSignal.timeout(60_000);
const run = promisify(execFile);

interface Bench extends AsyncDisposable {
  readonly host: HostTree;
  readonly bringBack: BringBack;
  readonly recordFile: string;
  /** What the bottle's workspace is from now on. */
  bottle(tree: Tree | Buffer): Promise<void>;
  /** Runs while the bottle is read the next time. */
  whileRead: () => Promise<void>;
  changes(): Promise<WorkspaceChanges>;
  apply(paths?: readonly string[], overwrite?: readonly string[]): ReturnType<BringBack["apply"]>;
}

/** A folder that was copied into a bottle; the bottle is whatever the test says it is. */
async function bench(copied: Tree): Promise<Bench> {
  const [host, state] = [await hostTree(copied), await hostTree()];
  const home = homePaths({ BOT_BOTTLE_HOME: state.path });
  await mkdir(home.bottleState(SLUG), { recursive: true });
  const recordFile = workspaceFiles(home, SLUG).record;
  const source = workspaceCopy({ hostPath: host.path, guestPath: "/home/node/workspace", recordFile, now: () => 0, tell: () => undefined });
  for await (const item of source.items(signal)) if (item.kind === "file") for await (const _ of item.content);
  let tar = await workspaceTar(copied);
  let last: WorkspaceChanges | null = null;
  const made: Bench = {
    host,
    recordFile,
    bringBack: new BringBack({
      home,
      clock: { now: () => new Date("2026-11-22T12:00:00.000Z") },
      copyOut: async () => {
        await made.whileRead();
        return streamOf(tar);
      },
    }),
    whileRead: async () => undefined,
    bottle: async (tree) => {
      tar = Buffer.isBuffer(tree) ? tree : await workspaceTar(tree);
    },
    changes: async () => {
      last = await made.bringBack.changes(SLUG, () => undefined, signal);
      return last;
    },
    apply: async (paths, overwrite = []) => {
      const review = last ?? (await made.changes());
      return made.bringBack.apply(
        SLUG,
        { digest: review.digest, paths: paths ?? review.changes.map(({ path }) => path), overwrite },
        signal,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await state[Symbol.asyncDispose]();
    },
  };
  return made;
}

const COPIED: Tree = {
  "a.txt": "one\ntwo\nthree\n",
  "src/main.sh*": "#!/bin/sh\n",
  "old/gone.txt": "bye\n",
  link: "-> a.txt",
  "data.bin": "\0\x01",
  ".git/HEAD": "ref\n",
};
const text = (tree: HostTree, path: string) => readFile(join(tree.path, path), "utf8");
const brief = ({ changes }: WorkspaceChanges) => changes.map(({ path, change, kind }) => `${change} ${kind} ${path}`);

describe("what a bottle's agent changed (ENV-4)", () => {
  it("is nothing where nothing changed", async () => {
    await using own = await bench(COPIED);
    expect(await own.changes()).toMatchObject({ changes: [], total: 0, notes: [], hostPath: own.host.path });
  });

  it("is told as added, changed, removed and executable, with hunks and counts", async () => {
    await using own = await bench(COPIED);
    await own.bottle({
      "a.txt": "one\n2\nthree\n",
      "src/main.sh": "#!/bin/sh\n",
      "new/file.txt": "hi",
      link: "-> src/main.sh",
      "data.bin": "\0\x02",
      void: null,
      ".git/HEAD": "ref\n",
    });
    const review = await own.changes();
    expect(brief(review)).toEqual([
      "changed file a.txt",
      "changed file data.bin",
      "changed link link",
      "added file new/file.txt",
      "removed file old/gone.txt",
      "mode file src/main.sh",
      "added folder void",
    ]);
    const [a, data, link] = review.changes;
    expect(a).toMatchObject({
      added: 1,
      removed: 1,
      binary: false,
      conflict: false,
      refused: null,
      patch: expect.stringContaining("-two\n+2\n"),
    });
    expect(data).toMatchObject({ binary: true, patch: "" });
    expect(link?.patch).toContain("-a.txt\n\\ No newline at end of file\n+src/main.sh");
  });

  it("conflicts where the host changed too, and is nothing where both became the same", async () => {
    await using own = await bench(COPIED);
    await own.bottle({ ...COPIED, "a.txt": "bottle\n", "src/main.sh*": "same\n", "both.txt": "bottle\n" });
    await own.host.add({ "a.txt": "host\n", "src/main.sh*": "same\n", "both.txt": "host\n" });
    const review = await own.changes();
    expect(review.changes.map(({ path, conflict, change }) => [path, conflict, change])).toEqual([
      ["a.txt", true, "changed"],
      ["both.txt", true, "changed"],
    ]);
    expect(review.changes[0]?.patch).toContain("-host\n+bottle\n");
  });

  it("leaves out history, what was never copied, and what git ignores; and says so", async () => {
    await using own = await bench({
      ...COPIED,
      ".bottleignore": "node_modules/\n",
      ".gitignore": "dist/\n",
      "node_modules/x": "never copied",
    });
    const { "node_modules/x": _never, ...rest } = {
      ...COPIED,
      ".bottleignore": "node_modules/\n",
      ".gitignore": "dist/\n",
      "node_modules/x": "",
    };
    await own.bottle({
      ...rest,
      "node_modules/y": "made inside",
      "dist/out": "built",
      ".git/HEAD": "other\n",
      ".git/hooks/pre-commit*": "evil",
      "sub/.git/config": "[core]",
    });
    const review = await own.changes();
    expect(review.changes).toEqual([]);
    expect(review.notes).toEqual([expect.stringMatching(/^\.git changed .* git-gate/), expect.stringMatching(/^2 files .*ignore/)]);
  });

  it("warns of what runs by itself on the host", async () => {
    await using own = await bench({ "package.json": "{}" });
    await own.bottle({
      "package.json": "{ }",
      ".envrc": "x",
      ".vscode/tasks.json": "{}",
      ".github/workflows/ci.yml": "on: push",
      "tool*": "x",
      "README.md": "x",
      ".claude/settings.json": "{}",
    });
    const warned = new Map((await own.changes()).changes.map(({ path, warnings }) => [path, warnings]));
    for (const path of ["package.json", ".envrc", ".vscode/tasks.json", ".github/workflows/ci.yml", "tool", ".claude/settings.json"])
      expect(warned.get(path)).not.toEqual([]);
    expect(warned.get("README.md")).toEqual([]);
  });

  it("shows long and very different texts in bounded time and size", async () => {
    const lines = (from: string) => Array.from({ length: 20_000 }, (_, index) => `${from}${index}${index % 7}`).join("\n");
    await using own = await bench({ long: lines("a") });
    await own.bottle({ long: lines("b"), huge: "x".repeat(2_000_000) });
    const began = performance.now();
    const [huge, long] = (await own.changes()).changes;
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(long).toMatchObject({ added: 20_000, removed: 20_000, cut: true });
    expect(long?.patch.length).toBeLessThan(70_000);
    expect(huge).toMatchObject({ cut: true, patch: "" });
  });

  it("is a patch that git applies to the folder", async () => {
    await using own = await bench(COPIED);
    const { "old/gone.txt": _gone, "src/main.sh*": _main, ...kept } = COPIED;
    const bottle = {
      ...kept,
      "a.txt": "one\nzwei\nthree",
      "ü b.txt": "new\n",
      "empty.txt": "",
      "src/main.sh": "#!/bin/sh\n",
      link: "-> src/main.sh",
    };
    await own.bottle(bottle);
    const { digest } = await own.changes();
    const patch = await own.bringBack.patch(SLUG, digest, signal);
    await writeFile(`${own.host.path}.patch`, patch);
    await rm(join(own.host.path, ".git"), { recursive: true });
    await run("git", ["apply", `${own.host.path}.patch`], { cwd: own.host.path });
    await rm(`${own.host.path}.patch`);
    expect(await text(own.host, "a.txt")).toBe("one\nzwei\nthree");
    expect(await text(own.host, "ü b.txt")).toBe("new\n");
    expect(await readlink(join(own.host.path, "link"))).toBe("src/main.sh");
    expect((await lstat(join(own.host.path, "src/main.sh"))).mode & 0o111).toBe(0);
    await expect(lstat(join(own.host.path, "old/gone.txt"))).rejects.toThrow();
  });

  it("cannot be told for a bottle that nothing was copied into, or from a damaged record", async () => {
    await using own = await bench(COPIED);
    await expect(own.bringBack.changes("other-aaaaa", () => undefined, signal)).rejects.toMatchObject({ code: "not-permitted" });
    for (const damage of ["", "no archive", (await readFile(own.recordFile)).subarray(0, 60)]) {
      await writeFile(own.recordFile, damage);
      await expect(own.changes()).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("damaged") });
    }
  });
});

describe("bringing changes back (ENV-4)", () => {
  it("writes exactly what was reviewed, keeps what it replaced, and has nothing left to do", async () => {
    await using own = await bench(COPIED);
    const { "old/gone.txt": _gone, ...kept } = COPIED;
    await own.bottle({ ...kept, "a.txt": "new\n", "deep/er/file*": "run\n", link: "-> deep/er/file", void: null });
    await own.changes();
    const { applied, skipped, backup } = await own.apply();
    expect(skipped).toEqual([]);
    expect(applied.toSorted()).toEqual(["a.txt", "deep/er/file", "link", "old/gone.txt", "void"]);
    expect(await text(own.host, "a.txt")).toBe("new\n");
    expect((await lstat(join(own.host.path, "deep/er/file"))).mode & 0o111).not.toBe(0);
    expect(await readlink(join(own.host.path, "link"))).toBe("deep/er/file");
    expect(await readdir(own.host.path)).not.toContain("old");
    expect(await readFile(join(backup as string, "files/a.txt"), "utf8")).toBe("one\ntwo\nthree\n");
    expect(await readFile(join(backup as string, "files/old/gone.txt"), "utf8")).toBe("bye\n");
    expect(await readlink(join(backup as string, "files/link"))).toBe("a.txt");
    expect((await own.changes()).changes).toEqual([]);
  });

  it("tells later changes against what was brought back", async () => {
    await using own = await bench(COPIED);
    await own.bottle({ ...COPIED, "a.txt": "v1\n" });
    await own.changes();
    await own.apply();
    await own.bottle({ ...COPIED, "a.txt": "v2\n" });
    expect((await own.changes()).changes).toMatchObject([{ path: "a.txt", conflict: false }]);
  });

  it("writes only what was chosen", async () => {
    await using own = await bench(COPIED);
    await own.bottle({ ...COPIED, "a.txt": "new\n", "b.txt": "b\n" });
    await own.changes();
    expect((await own.apply(["b.txt"])).applied).toEqual(["b.txt"]);
    expect(await text(own.host, "a.txt")).toBe(COPIED["a.txt"]);
  });

  it("keeps a file's own permissions and lets a new one have the usual", async () => {
    await using own = await bench(COPIED);
    await chmod(join(own.host.path, "a.txt"), 0o600);
    const { "a.txt": _a, ...kept } = COPIED;
    await own.bottle({ ...kept, "a.txt*": "new\n" });
    await own.changes();
    await own.apply();
    expect((await lstat(join(own.host.path, "a.txt"))).mode & 0o777).toBe(0o700);
  });

  it("overwrites a conflict only when told to, and keeps the host's", async () => {
    await using own = await bench(COPIED);
    await own.bottle({ ...COPIED, "a.txt": "bottle\n" });
    await own.host.add({ "a.txt": "host\n" });
    await own.changes();
    expect(await own.apply()).toMatchObject({
      applied: [],
      skipped: [{ path: "a.txt", reason: expect.stringContaining("changed on this machine") }],
      backup: null,
    });
    expect(await text(own.host, "a.txt")).toBe("host\n");
    const { backup } = await own.apply(["a.txt"], ["a.txt"]);
    expect(await text(own.host, "a.txt")).toBe("bottle\n");
    expect(await readFile(join(backup as string, "files/a.txt"), "utf8")).toBe("host\n");
  });

  it("refuses when the bottle moved since, and writes nothing", async () => {
    await using own = await bench(COPIED);
    await own.bottle({ ...COPIED, "a.txt": "reviewed\n", "b.txt": "b\n" });
    await own.changes();
    await own.bottle({ ...COPIED, "a.txt": "swapped\n", "b.txt": "b\n" });
    await expect(own.apply()).rejects.toMatchObject({
      code: "stale-revision",
      message: expect.stringContaining("a.txt changed in the bottle"),
    });
    expect(await text(own.host, "a.txt")).toBe(COPIED["a.txt"]);
    await expect(lstat(join(own.host.path, "b.txt"))).rejects.toThrow();
  });

  it("does not mind that the bottle changed what was not chosen", async () => {
    await using own = await bench(COPIED);
    await own.bottle({ ...COPIED, "a.txt": "reviewed\n" });
    await own.changes();
    await own.bottle({ ...COPIED, "a.txt": "reviewed\n", "other.txt": "later\n" });
    expect((await own.apply(["a.txt"])).applied).toEqual(["a.txt"]);
  });

  it("refuses when the host moved since, and writes nothing", async () => {
    await using own = await bench(COPIED);
    await own.bottle({ ...COPIED, "a.txt": "reviewed\n", "b.txt": "b\n" });
    await own.changes();
    await own.host.add({ "a.txt": "typed meanwhile\n" });
    await expect(own.apply()).rejects.toMatchObject({ code: "stale-revision", message: expect.stringContaining("on this machine") });
    expect(await text(own.host, "a.txt")).toBe("typed meanwhile\n");
    await expect(lstat(join(own.host.path, "b.txt"))).rejects.toThrow();
  });

  it("refuses another comparison's digest, and takes its own from another client", async () => {
    await using own = await bench(COPIED);
    await own.bottle({ ...COPIED, "a.txt": "new\n" });
    const { digest } = await own.changes();
    await expect(own.bringBack.apply(SLUG, { digest: "0".repeat(64), paths: ["a.txt"], overwrite: [] }, signal)).rejects.toMatchObject({
      code: "stale-revision",
    });
    expect((await own.bringBack.apply(SLUG, { digest, paths: ["a.txt"], overwrite: [] }, signal)).applied).toEqual(["a.txt"]);
  });

  it("turns files into folders and folders into files, keeping what is in the way and not the bottle's", async () => {
    await using own = await bench({ thing: "file", "folder/in": "x", "shared/in": "x" });
    await own.bottle({ "thing/now": "a folder", folder: "a file", shared: "a file" });
    await own.host.add({ "shared/mine": "never copied" });
    await own.changes();
    const { skipped } = await own.apply();
    expect(await text(own.host, "thing/now")).toBe("a folder");
    expect(await text(own.host, "folder")).toBe("a file");
    expect(await text(own.host, "shared/mine")).toBe("never copied");
    expect(skipped).toEqual([{ path: "shared", reason: "a folder with other files is there" }]);
  });

  it("takes one at a time of two clients, the second finding that it moved", async () => {
    await using own = await bench(COPIED);
    await own.bottle({ ...COPIED, "a.txt": "new\n" });
    await own.changes();
    const outcomes = await Promise.allSettled([own.apply(["a.txt"]), own.apply(["a.txt"])]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("what a bottle tries with its paths (ENV-4, SEC-3)", () => {
  it("never writes through a link of the host, also one made after the review", async () => {
    await using outside = await hostTree({ "victim.txt": "safe\n" });
    await using own = await bench({ "dir/a.txt": "a\n" });
    await own.bottle({ "dir/a.txt": "evil\n", "dir/victim.txt": "evil\n" });
    await own.changes();
    await rm(join(own.host.path, "dir"), { recursive: true });
    await symlink(outside.path, join(own.host.path, "dir"));
    await expect(own.apply()).rejects.toMatchObject({ code: "stale-revision" });
    const review = await own.changes();
    expect(review.changes.map(({ refused }) => refused)).toEqual(Array(2).fill("a folder on its way is a link on this machine"));
    expect((await own.apply()).applied).toEqual([]);
    expect(await text(outside, "victim.txt")).toBe("safe\n");
    expect(await readdir(outside.path)).toEqual(["victim.txt"]);
  });

  it("replaces a link of the host instead of writing to its target", async () => {
    await using outside = await hostTree({ "victim.txt": "safe\n" });
    await using own = await bench({ "a.txt": `-> ${join(outside.path, "victim.txt")}` });
    await own.bottle({ "a.txt": "mine\n" });
    await own.changes();
    await own.apply();
    expect(await text(own.host, "a.txt")).toBe("mine\n");
    expect(await text(outside, "victim.txt")).toBe("safe\n");
  });

  it("cannot be led out by a link of the bottle and a file behind it", async () => {
    await using own = await bench({ "a.txt": "a\n" });
    await own.bottle(
      await rawTar([
        { name: "workspace/", type: "directory" },
        { name: "workspace/a.txt", content: "a\n" },
        { name: "workspace/out", type: "symlink", linkname: "../../.." },
        { name: "workspace/out/etc/x", content: "evil" },
        { name: "workspace/in", type: "symlink", linkname: "." },
        { name: "workspace/in/hello", content: "hi" },
      ]),
    );
    const review = await own.changes();
    expect(review.changes.find(({ path }) => path === "out")?.refused).toContain("out of the folder");
    const { skipped } = await own.apply();
    expect(skipped.map(({ path }) => path)).toContain("out");
    // The link came first, so what the bottle pretends to lie behind it is barred.
    expect((await readdir(own.host.path)).filter((name) => name === "hello")).toEqual([]);
  });

  it("refuses names that some systems hold to be one", async () => {
    await using own = await bench({ "README.md": "x\n" });
    await own.bottle({ "README.md": "x\n", "readme.MD": "evil\n", "Sub/a": "1", "sub/b": "2", "ok.txt": "fine" });
    const refused = (await own.changes()).changes.filter(({ refused: why }) => why !== null).map(({ path }) => path);
    expect(refused).toEqual(["Sub/a", "readme.MD", "sub/b"]);
  });

  it("refuses devices, programs that run as their owner, and names that hide", async () => {
    await using own = await bench({ "a.txt": "a\n" });
    await own.bottle(
      await rawTar([
        { name: "workspace/", type: "directory" },
        { name: "workspace/a.txt", content: "a\n" },
        { name: "workspace/sudo", content: "x", mode: 0o4755 },
        { name: "workspace/pipe", type: "fifo" },
        { name: "workspace/li\nne", content: "x" },
        { name: "workspace/gpj\u202eexe.sh", content: "x" },
      ]),
    );
    const { changes } = await own.changes();
    expect(changes.every(({ refused }) => refused !== null)).toBe(true);
    expect(changes).toHaveLength(4);
    expect(await own.apply()).toMatchObject({ applied: [], backup: null });
    expect(await readdir(own.host.path)).toEqual(["a.txt"]);
  });

  it("takes ten thousand hostile entries without writing one", async () => {
    await using own = await bench({ "a.txt": "a\n" });
    const kinds = [
      (n: number) => ({ name: `workspace/../../up-${n}`, content: "x" }),
      (n: number) => ({ name: `/abs-${n}`, content: "x" }),
      (n: number) => ({ name: `workspace/link-${n}`, type: "symlink" as const, linkname: `/etc/${n}` }),
      (n: number) => ({ name: `workspace/hard-${n}`, type: "link" as const, linkname: "../../etc/shadow" }),
      (n: number) => ({ name: `workspace/dev-${n}`, type: "character-device" as const }),
    ];
    const hostile = Array.from({ length: 10_000 }, (_, n) => (kinds[n % kinds.length] as (typeof kinds)[number])(n));
    await own.bottle(await rawTar([{ name: "workspace/", type: "directory" }, { name: "workspace/a.txt", content: "a\n" }, ...hostile]));
    const review = await own.changes();
    expect(review.total).toBe(10_000);
    expect(review.changes).toHaveLength(5000);
    expect((await own.apply()).applied).toEqual([]);
    expect(await readdir(own.host.path)).toEqual(["a.txt"]);
  });

  it("says what to do about more than anybody reviews", async () => {
    await using own = await bench({ "a.txt": "a\n" });
    const facts = { mode: 0o755, uid: 1000, gid: 1000, size: 0, mtime: new Date(0) };
    const made = (type: "file" | "folder", name: string) => tarHeader({ ...facts, type, name: Buffer.from(name) });
    const many = Array.from({ length: 20_002 }, (_, n) => made("file", `workspace/made-${n}`));
    await own.bottle(Buffer.concat([made("folder", "workspace"), ...many, TAR_END]));
    await expect(own.changes()).rejects.toMatchObject({ code: "unsupported", hint: expect.stringContaining(".gitignore") });
  });

  it("tells no removal from an archive that ends early", async () => {
    await using own = await bench(COPIED);
    const whole = await workspaceTar(COPIED);
    await own.bottle(whole.subarray(0, whole.length - 2048));
    await expect(own.changes()).rejects.toMatchObject({ code: "conflict", hint: expect.stringContaining("Try again") });
  });
});
