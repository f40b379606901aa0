import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Slug } from "#common/domain/names.ts";
import type { WorkspaceItem } from "../../main/backends/backend.ts";
import type { BottleEntry } from "../../main/workspace/bottle-archive.ts";
import { readBottleArchive } from "../../main/workspace/bottle-archive.ts";
import { runInGuest } from "../support/docker/run-in-guest.ts";
import { recordProgress } from "../support/docker/test-plan.ts";
import type { HostTree } from "../support/workspace/host-tree.ts";
import { hostTree } from "../support/workspace/host-tree.ts";
import { sourceOf } from "../support/workspace/source-of.ts";
import type { Subject } from "./subjects.ts";
import { subjects } from "./subjects.ts";

const LONG = `${"d".repeat(120)}/${"e".repeat(200)}/${"f".repeat(250)}`;

describe.each(subjects)("a workspace in and out on the backend $name (BKD-1, ENV-4)", (source) => {
  const signal = AbortSignal.timeout(900_000);
  let subject: Subject;
  let slug: Slug;
  let tree: HostTree;
  const told: string[] = [];
  const run = (script: string, input?: string) => runInGuest(subject.backend, slug, script, input);
  const path = () => `${subject.backend.guest.home}/workspace`;

  beforeAll(async () => {
    subject = await source.prepare();
    tree = await oddTree();
    const plan = subject.plan({ workspace: sourceOf(tree.path, (text) => void told.push(text)), workdir: path() });
    slug = plan.slug;
    await subject.backend.launch(plan, recordProgress(), signal);
  }, 900_000);

  afterAll(async () => {
    await subject.backend.stop(slug, 0);
    await tree[Symbol.asyncDispose]();
  });

  async function copiedOut(): Promise<Map<string, BottleEntry>> {
    const tar = await subject.backend.copyOut(slug, path(), signal);
    const entries = new Map<string, BottleEntry>();
    for await (const entry of readBottleArchive(tar, { folder: "workspace", headBytes: (_path, size) => size }, signal))
      entries.set(entry.path, entry);
    return entries;
  }

  it("keeps long names, names that are no UTF-8 and links that lead elsewhere", async () => {
    expect((await run(`cat ${LONG}`)).stdout).toBe("long");
    expect((await run("cat \"$(printf 'od\\377d')\"; cat $'line\\nbreak'")).stdout).toBe("oddbroken");
    expect((await run("readlink up far dead")).stdout).toBe(`../../../etc/passwd\n${"far/".repeat(60)}x\nnowhere\n`);
    expect((await run("find . ! -user node -o ! -group node")).stdout).toBe("");
  });

  it("leaves out what .bottleignore names, and tells how much it copied", async () => {
    expect((await run("ls -A")).stdout).not.toContain("node_modules");
    expect(told.at(-1)).toMatch(/^\d+ files, /);
  });

  it("comes out as it is in the guest, with what the agent made of it", async () => {
    await run(
      "echo changed > a.txt; mkdir -p new/empty; chmod +x run; ln a.txt hard; ln -s /etc/passwd out; mkfifo pipe; head -c 3000000 /dev/zero > big; chmod u+s run",
    );
    const entries = await copiedOut();
    expect(entries.get("a.txt")?.head?.toString()).toBe("changed\n");
    expect(entries.get(LONG)?.head?.toString()).toBe("long");
    expect(entries.get("new/empty")?.state).toEqual({ kind: "folder" });
    expect(entries.get("out")?.state).toEqual({ kind: "link", target: "/etc/passwd" });
    expect(entries.get("big")?.state).toMatchObject({ kind: "file", size: 3_000_000 });
    expect(entries.get("run")?.refused).toContain("as its owner");
    expect(entries.get("pipe")?.refused).toContain("no file");
    expect([entries.get("hard")?.linkOf, entries.get("a.txt")?.linkOf].filter((of) => of !== null)).toHaveLength(1);
  });

  it("says so when there is no such folder, or the agent put a link in its place", async () => {
    const missing = subject.backend.copyOut(slug, `${path()}/nowhere`, signal);
    await expect(missing).rejects.toMatchObject({ code: "not-found", message: expect.stringContaining("nowhere") });
    await run("cd ..; mv workspace kept; ln -s / workspace");
    await expect(copiedOut()).rejects.toMatchObject({ code: "conflict" });
    await run("cd ~; rm workspace; mv kept workspace");
    expect((await copiedOut()).has("a.txt")).toBe(true);
  });

  it.each([1, 40])("leaves nothing when it is cancelled in the middle of the copy (told %i times) (BTL-5)", async (times) => {
    await using large = await hostTree(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}`, Buffer.alloc(500_000, n)])));
    const cancel = new AbortController();
    let time = 0;
    let left = times;
    const tell = () => {
      left -= 1;
      if (left === 0) cancel.abort(new Error("cancelled by the operator"));
    };
    const plan = subject.plan({ workspace: sourceOf(large.path, tell, () => (time += 1000)) });
    await expect(subject.backend.launch(plan, recordProgress(), cancel.signal)).rejects.toThrow("cancelled by the operator");
    expect((await subject.backend.remnants(signal)).filter((remnant) => remnant.slug === plan.slug)).toEqual([]);
  });

  it("names what keeps the copy from being made, and leaves nothing (BTL-5)", async () => {
    const broken = {
      async *items(): AsyncGenerator<WorkspaceItem> {
        yield { kind: "folder", path: Buffer.from("first"), mode: 0o755, mtime: new Date() };
        throw new Error("the disk is gone");
      },
    };
    const plan = subject.plan({ workspace: broken });
    await expect(subject.backend.launch(plan, recordProgress(), signal)).rejects.toThrow("the disk is gone");
    expect((await subject.backend.remnants(signal)).filter((remnant) => remnant.slug === plan.slug)).toEqual([]);
  });

  it("comes out of a bottle whose agent has ended, and of none that is gone", async () => {
    const plan = subject.plan({ workspace: sourceOf(tree.path), workdir: path(), command: ["bash", "-c", "echo last words > a.txt"] });
    await subject.backend.launch(plan, recordProgress(), signal);
    const ended = Promise.withResolvers<void>();
    const look = async () => {
      const bottle = (await subject.backend.list(signal)).find((each) => each.slug === plan.slug);
      if (bottle?.state === "exited") ended.resolve();
    };
    try {
      await using _watch = subject.backend.watch(
        () => void look().catch(ended.reject),
        () => void look().catch(ended.reject),
      );
      await ended.promise;
      const tar = await subject.backend.copyOut(plan.slug, path(), signal);
      const texts: string[] = [];
      for await (const entry of readBottleArchive(tar, { folder: "workspace", headBytes: (_path, size) => size }, signal))
        if (entry.path === "a.txt") texts.push(String(entry.head));
      expect(texts).toEqual(["last words\n"]);
    } finally {
      await subject.backend.stop(plan.slug, 0);
    }
    await expect(subject.backend.copyOut(plan.slug, path(), signal)).rejects.toMatchObject({ code: "not-found" });
  });
});

async function oddTree(): Promise<HostTree> {
  const tree = await hostTree({
    "a.txt": "a\n",
    run: "#!/bin/sh\n",
    ".bottleignore": "node_modules/\n",
    "node_modules/x": "x",
    [LONG]: "long",
    "line\nbreak": "broken",
  });
  await writeFile(Buffer.concat([Buffer.from(`${tree.path}/od`), Buffer.from([0xff]), Buffer.from("d")]), "odd");
  await symlink("../../../etc/passwd", join(tree.path, "up"));
  await symlink(`${"far/".repeat(60)}x`, join(tree.path, "far"));
  await symlink("nowhere", join(tree.path, "dead"));
  return tree;
}
