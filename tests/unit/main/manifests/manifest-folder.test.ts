import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AgentFrontmatter } from "#common/manifest/agent-schema.ts";
import type { ParseText } from "#common/manifest/parse-manifest.ts";
import { parseAgentText } from "#common/manifest/parse-manifest.ts";
import { ManifestFolder } from "../../../../main/manifests/manifest-folder.ts";

let folder: string;
let parse: ReturnType<typeof vi.fn<ParseText<AgentFrontmatter>>>;
let reader: ManifestFolder<AgentFrontmatter>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "manifest-folder-"));
  parse = vi.fn(parseAgentText);
  reader = new ManifestFolder(folder, parse);
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const agent = (bottle: string) => `---\nbottle: ${bottle}\n---\n`;
const put = (name: string, text = agent("b")) => writeFileSync(at(name), text);

/** What each file is now: the bottle it names, or what is wrong with it. */
async function look(): Promise<Record<string, string>> {
  const { entries } = await reader.read();
  return Object.fromEntries(
    entries.map(({ name, manifest }) => [name, manifest.ok ? manifest.value.frontmatter.bottle : (manifest.problems[0]?.message ?? "")]),
  );
}

describe("what was read is not read again, and never taken for what is there now (MAN-9)", () => {
  test("only the file that changed is parsed again", async () => {
    for (const name of ["a", "b", "c"]) put(`${name}.md`);
    await look();
    expect(parse).toHaveBeenCalledTimes(3);
    put("b.md", agent("other"));
    expect(await look()).toEqual({ a: "b", b: "other", c: "b" });
    expect(parse).toHaveBeenCalledTimes(4);
  });

  test("the same size in the same moment is another text", async () => {
    for (let index = 0; index < 200; index += 1) {
      put("a.md", agent(`b${index % 10}`));
      expect(await look()).toEqual({ a: `b${index % 10}` });
    }
  });

  test("nor does a time that was set back hide a change of a file that is old", async () => {
    put("a.md", agent("b1"));
    const { atime, mtime } = statSync(at("a.md"));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    await look();
    put("a.md", agent("b2"));
    utimesSync(at("a.md"), atime, mtime);
    expect(await look()).toEqual({ a: "b2" });
  });

  test("another file of the same name, as editors save, and one that comes back", async () => {
    put("a.md", agent("b1"));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    expect(await look()).toEqual({ a: "b1" });
    put(".a.tmp", agent("b2"));
    renameSync(at(".a.tmp"), at("a.md"));
    expect(await look()).toEqual({ a: "b2" });
    rmSync(at("a.md"));
    expect(await look()).toEqual({});
    put("a.md", agent("b3"));
    expect(await look()).toEqual({ a: "b3" });
  });

  test("what a link leads to", async () => {
    mkdirSync(at("real"));
    put("real/a.md", agent("b1"));
    put("real/b.md", agent("b2"));
    symlinkSync("real/a.md", at("a.md"));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    expect(await look()).toEqual({ a: "b1" });
    put("real/a.md", agent("b3"));
    expect(await look()).toEqual({ a: "b3" });
    rmSync(at("a.md"));
    symlinkSync("real/b.md", at("a.md"));
    expect(await look()).toEqual({ a: "b2" });
  });

  test("a broken file that is put right, and a right one that is broken", async () => {
    put("a.md", "nothing");
    expect(await look()).toEqual({ a: "a manifest starts with frontmatter: the first line must be ---" });
    put("a.md");
    expect(await look()).toEqual({ a: "b" });
    put("a.md", "---\nbottle: [\n---\n");
    expect((await look()).a).toMatch(/^the YAML is not valid/);
  });
});

describe("only the file concerned is a problem, and nothing waits (MAN-9)", () => {
  test("a file that goes, grows, shrinks or turns into a pipe between the listing and the reading", async () => {
    for (const name of ["a", "b", "c", "d", "e", "f"]) put(`${name}.md`);
    parse.mockImplementationOnce((text) => {
      rmSync(at("b.md"));
      put("c.md", "x".repeat(5_000_000));
      truncateSync(at("d.md"), 0);
      rmSync(at("e.md"));
      execFileSync("sh", ["-c", 'mkfifo "$0"', at("e.md")]);
      return parseAgentText(text);
    });
    expect(await look()).toEqual({
      a: "b",
      c: "the file has 5000000 bytes; a manifest may have at most 1048576",
      d: "a manifest starts with frontmatter: the first line must be ---",
      e: "this is not a file",
      f: "b",
    });
  });

  test("in a workspace a name that turns into a link is not followed", async () => {
    mkdirSync(at("work/agents"), { recursive: true });
    put("private.md", agent("private"));
    for (const name of ["a", "b"]) put(`work/agents/${name}.md`);
    reader = new ManifestFolder(at("work/agents"), parse, at("work"));
    parse.mockImplementationOnce((text) => {
      rmSync(at("work/agents/b.md"));
      symlinkSync(at("private.md"), at("work/agents/b.md"));
      return parseAgentText(text);
    });
    expect(await look()).toEqual({ a: "b", b: "the file became a link while it was read" });
    expect(await look()).toEqual({ a: "b", b: "the file is a link that leads out of the workspace; it is not read" });
  });

  test("a socket", async () => {
    put("a.md");
    const server = createServer().listen(at("s.md"));
    await new Promise((resolve) => server.once("listening", resolve));
    expect(await look()).toEqual({ a: "b", s: "this is not a file" });
    await new Promise((resolve) => server.close(resolve));
  });

  test("a file that may not be read, and a folder", async () => {
    put("a.md");
    put("secret.md");
    chmodSync(at("secret.md"), 0o000);
    chmodSync(folder, 0o755);
    expect(await asNobody(look)).toEqual({ a: "b", secret: "the file cannot be read: permission denied" });
    chmodSync(folder, 0o000);
    expect((await asNobody(() => reader.read())).errors.map(({ message }) => message)).toEqual(["the folder cannot be read (EACCES)"]);
    chmodSync(folder, 0o755);
  });

  test.each([
    ["Upper.md", "skipped: the name of a manifest must start with a-z and hold only a-z, 0-9 and -"],
    ["9.md", "skipped: the name of a manifest must start with a-z and hold only a-z, 0-9 and -"],
    [".md", "skipped: the name of a manifest must start with a-z and hold only a-z, 0-9 and -"],
    ["a\nb.md", "skipped: the name of a manifest must start with a-z and hold only a-z, 0-9 and -"],
    ["a.MD", "skipped: the name of a manifest must end in .md, in small letters"],
  ])("%j is skipped with a warning (MAN-2)", async (name, message) => {
    put(name);
    put("good.md");
    const { entries, warnings } = await reader.read();
    expect(entries.map((entry) => entry.name)).toEqual(["good"]);
    expect(warnings.map((warning) => [warning.file, warning.line, warning.message])).toEqual([[at(name), 1, message]]);
  });

  test("thousands of files leave turns to others, and do not grow without end", async () => {
    for (let index = 0; index < 10_001; index += 1) put(`a${index}.md`, "");
    let turns = 0;
    const reading = reader.read();
    let done = false;
    void reading.then(() => {
      done = true;
    });
    while (!done) {
      turns += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { entries, errors } = await reading;
    expect(entries).toHaveLength(10_000);
    expect(errors.map(({ file, message }) => [file, message])).toEqual([[folder, "the folder holds 10001 manifests; 10000 are read"]]);
    expect(turns).toBeGreaterThan(2);
  });

  test("a workspace's links to one large file do not fill the memory (MAN-1)", async () => {
    const large = `${agent("b")}${"x".repeat(1024 * 1024 - 100)}`;
    put("large.txt", large);
    for (let index = 10; index < 30; index += 1) symlinkSync(at("large.txt"), at(`a${index}.md`));
    reader = new ManifestFolder(folder, parse, join(folder, ".."));
    const { entries } = await reader.read();
    const [first, ...others] = entries.flatMap(({ manifest }) => (manifest.ok ? [] : manifest.problems.map((each) => each.message)));
    expect(entries).toHaveLength(20);
    expect(first).toBe("not read: the manifests before it in this folder have 8 MiB already");
    expect(new Set(others)).toEqual(new Set([first]));
    expect(parse.mock.calls.length).toBeLessThan(10);
  });

  test("nor do more files than anybody's project has", async () => {
    for (let index = 0; index < 1001; index += 1) put(`a${index}.md`, agent("b"));
    reader = new ManifestFolder(folder, parse, join(folder, ".."));
    const { entries, errors } = await reader.read();
    expect(entries).toHaveLength(1000);
    expect(errors.map(({ message }) => message)).toEqual(["the folder holds 1001 manifests; 1000 are read"]);
  });
});

/** Root may read everything, and so cannot find out what others cannot. */
async function asNobody<T>(task: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return task();
  process.seteuid?.(65534);
  try {
    return await task();
  } finally {
    process.seteuid?.(0);
  }
}
