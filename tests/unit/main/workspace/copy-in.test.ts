import { execFile } from "node:child_process";
import { appendFile, chmod, link, mkdir, readdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { WorkspaceItem } from "../../../../main/backends/backend.ts";
import { workspaceCopy } from "../../../../main/workspace/copy-in.ts";
import { readRecord } from "../../../../main/workspace/record.ts";
import { asNobody } from "../../../support/workspace/as-nobody.ts";
import type { HostTree } from "../../../support/workspace/host-tree.ts";
import { hostTree } from "../../../support/workspace/host-tree.ts";

interface Copied {
  readonly names: string[];
  readonly items: Map<string, { readonly item: WorkspaceItem; readonly content: Buffer }>;
  readonly told: string[];
  readonly recordFile: string;
}

/** Reads a copy as a backend would; `between` runs after each item was announced and before its content is read. */
async function copy(root: string, between: (name: string) => Promise<void> = async () => undefined, now = () => 0): Promise<Copied> {
  const told: string[] = [];
  const recordFile = join(dirname(root), `${root.split("/").at(-1)}-record`);
  const source = workspaceCopy({
    hostPath: root,
    guestPath: "/home/node/workspace",
    recordFile,
    now,
    tell: (text) => void told.push(text),
  });
  const items = new Map<string, { item: WorkspaceItem; content: Buffer }>();
  for await (const item of source.items(AbortSignal.timeout(20_000))) {
    const chunks: Buffer[] = [];
    await between(item.path.toString());
    if (item.kind === "file") for await (const chunk of item.content) chunks.push(chunk);
    items.set(item.path.toString("latin1"), { item, content: Buffer.concat(chunks) });
  }
  return { names: [...items.keys()].toSorted(), items, told, recordFile };
}

const sizeOf = ({ item }: { item: WorkspaceItem }): number => (item.kind === "file" ? item.size : 0);

describe("the copy of a folder into a bottle (ENV-4)", () => {
  it("holds everything, .git and empty folders too, links as links, parents first", async () => {
    await using tree = await hostTree({
      "a.txt": "a",
      "sub/run.sh*": "#!",
      ".git/HEAD": "ref",
      empty: null,
      out: "-> /etc/passwd",
      dead: "-> nowhere",
    });
    const { names, items } = await copy(tree.path);
    expect(names).toEqual([".git", ".git/HEAD", "a.txt", "dead", "empty", "out", "sub", "sub/run.sh"]);
    expect(items.get("out")?.item).toMatchObject({ kind: "link", target: Buffer.from("/etc/passwd") });
    expect(items.get("sub/run.sh")?.item).toMatchObject({ kind: "file", mode: 0o755 });
    const order = [...items.keys()];
    expect(order.indexOf("sub")).toBeLessThan(order.indexOf("sub/run.sh"));
    await rm((await copy(tree.path)).recordFile);
  });

  it("leaves out what .bottleignore names, without looking into it", async () => {
    await using tree = await hostTree({
      ".bottleignore": "node_modules/\n*.log\n",
      "node_modules/x/index.js": "x",
      "a.log": "x",
      "b.txt": "x",
    });
    await tree.add({ "sub/.bottleignore": "!keep.log\n", "sub/keep.log": "x", "sub/lose.log": "x" });
    expect((await copy(tree.path)).names).toEqual([".bottleignore", "b.txt", "sub", "sub/.bottleignore", "sub/keep.log"]);
  });

  it("keeps names that are no UTF-8, hold line breaks, or are very long", async () => {
    await using tree = await hostTree();
    const odd = Buffer.concat([Buffer.from(`${tree.path}/`), Buffer.from([0x66, 0xff, 0x0a, 0x80])]);
    await writeFile(odd, "odd");
    const long = `${"d".repeat(200)}/${"e".repeat(200)}/${"f".repeat(250)}`;
    await tree.add({ [long]: "long", "line\nbreak": "x" });
    const { items } = await copy(tree.path);
    expect(items.get("f\xff\n\x80")?.content.toString()).toBe("odd");
    expect(items.get(long)?.content.toString()).toBe("long");
    expect(items.has("line\nbreak")).toBe(true);
  });

  it("takes hard links as files, and strips what would run as its owner", async () => {
    await using tree = await hostTree({ "a*": "same" });
    await link(join(tree.path, "a"), join(tree.path, "b"));
    await chmod(join(tree.path, "a"), 0o4755);
    const { items } = await copy(tree.path);
    expect(items.get("b")).toMatchObject({ item: { kind: "file", mode: 0o755 }, content: Buffer.from("same") });
  });

  it("leaves out sockets and pipes, and says how many", async () => {
    await using tree = await hostTree({ a: "x" });
    await promisify(execFile)("mkfifo", [join(tree.path, "pipe")]);
    await using server = createServer();
    await new Promise<void>((resolve) => server.listen(join(tree.path, "socket"), resolve));
    const { names, told } = await copy(tree.path);
    expect(names).toEqual(["a"]);
    expect(told.at(-1)).toBe("1 file, 1 B; 2 sockets, pipes and devices left out");
  });

  it("gives every file the size it announced, while files grow, shrink, vanish and become links", async () => {
    await using tree = await hostTree();
    const size = 3_000_000;
    for (const name of ["grows", "shrinks", "vanishes", "turns"]) await tree.add({ [name]: Buffer.alloc(size, name) });
    const changes: Record<string, (path: string) => Promise<void>> = {
      grows: (path) => appendFile(path, "more".repeat(100_000)),
      shrinks: (path) => truncate(path, 100),
      vanishes: (path) => rm(path),
      turns: async (path) => {
        await rm(path);
        await symlink("/etc/passwd", path);
      },
    };
    const { items } = await copy(tree.path, async (name) => changes[name]?.(join(tree.path, name)));
    for (const [name, copied] of items) expect([name, sizeOf(copied), copied.content.length]).toEqual([name, size, size]);
    expect(
      items
        .get("shrinks")
        ?.content.subarray(100)
        .every((byte) => byte === 0),
    ).toBe(true);
    expect(items.get("turns")?.content.toString()).not.toContain("root:");
  });

  it("goes on when a folder vanishes or fills while it is read", async () => {
    await using tree = await hostTree(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`d${index % 20}/f${index}`, "x"])));
    const { names } = await copy(tree.path, async () => {
      await rm(join(tree.path, "d3"), { recursive: true, force: true });
      await mkdir(join(tree.path, "late"), { recursive: true });
    });
    expect(names.length).toBeGreaterThan(100);
  });

  it("names what it cannot read", async () => {
    await using tree = await hostTree({ "private/key": "x" });
    await chmod(join(tree.path, "private/key"), 0);
    using _nobody = asNobody();
    await expect(copy(tree.path)).rejects.toMatchObject({
      message: expect.stringContaining("private/key"),
      hint: expect.stringContaining(".bottleignore"),
    });
  });

  it("reads a sparse file as what it is", async () => {
    await using tree = await hostTree({ sparse: "" });
    await truncate(join(tree.path, "sparse"), 5_000_000);
    expect((await copy(tree.path)).items.get("sparse")?.content.length).toBe(5_000_000);
  });

  it("tells how far it is now and then, not for every file", async () => {
    await using tree = await hostTree(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, "1234"])));
    let time = 0;
    const { told } = await copy(tree.path, undefined, () => (time += 1));
    expect(told.length).toBeLessThan(8);
    expect(told.at(-1)).toBe("1,000 files, 3.9 KiB");
  });

  it("remembers what it gave, whole, and nothing of a copy that was broken off", async () => {
    await using tree = await hostTree({ "a*": "abc", l: "-> a", d: null, ".gitignore": "x\n", ".bottleignore": "y\n" });
    const { recordFile } = await copy(tree.path);
    const record = await readRecord(recordFile);
    expect(Object.fromEntries(record?.entries ?? [])).toMatchObject({
      a: { kind: "file", executable: true, size: 3, sha256: "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0" },
      l: { kind: "link", target: "a" },
      d: { kind: "folder" },
    });
    expect(record?.gitIgnore.ignores("x", false)).toBe(true);
    expect(record?.bottleIgnore.ignores("y", false)).toBe(true);
    await rm(recordFile);
    await breakOff(tree, recordFile);
    expect((await readdir(dirname(recordFile))).filter((name) => name.startsWith(recordFile.split("/").at(-1) as string))).toEqual([]);
  });

  it("stops at once when it is cancelled", async () => {
    await using tree = await hostTree(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}`, "x"])));
    const cancel = new AbortController();
    const source = workspaceCopy({
      hostPath: tree.path,
      guestPath: "/w",
      recordFile: `${tree.path}-record`,
      now: () => 0,
      tell: () => undefined,
    });
    const reading = (async () => {
      for await (const item of source.items(cancel.signal)) if (item.path.toString() !== "") cancel.abort(new Error("enough"));
    })();
    await expect(reading).rejects.toThrow("enough");
  });
});

async function breakOff(tree: HostTree, recordFile: string): Promise<void> {
  const source = workspaceCopy({ hostPath: tree.path, guestPath: "/w", recordFile, now: () => 0, tell: () => undefined });
  for await (const _ of source.items(AbortSignal.timeout(20_000))) break;
}
