import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IgnoreRules } from "../../../../main/workspace/ignore-rules.ts";
import { hostTree } from "../../../support/workspace/host-tree.ts";

function rules(texts: Readonly<Record<string, string>>): IgnoreRules {
  const made = new IgnoreRules();
  for (const [folder, text] of Object.entries(texts)) made.add(folder, text);
  return made;
}

describe("what .bottleignore leaves out (ENV-4)", () => {
  it.each<[string, Record<string, string>, string, boolean, boolean]>([
    ["a folder wherever it is", { "": "node_modules/\n" }, "packages/a/node_modules", true, true],
    ["no file of a folder's name", { "": "node_modules/\n" }, "node_modules", false, false],
    ["only at the top with a slash in front", { "": "/dist\n" }, "src/dist", true, false],
    ["by pattern", { "": "*.log\n" }, "deep/er/x.log", false, true],
    ["what a later line does not take back", { "": "*.log\n!keep.log\n" }, "keep.log", false, false],
    ["nothing by comments and empty lines", { "": "# x\n\n" }, "x", false, false],
    ["case matters, as for git", { "": "Build\n" }, "build", true, false],
    ["a deeper file overrules a higher one", { "": "*.gen\n", sub: "!a.gen\n" }, "sub/a.gen", false, false],
    ["a deeper file counts below its folder only", { sub: "secret\n" }, "secret", false, false],
    ["windows line ends are line ends", { "": "a\r\nb\r\n" }, "b", false, true],
    ["names that are made of dots", { "": "...\n" }, "...", false, true],
  ])("%s", (_name, texts, path, isFolder, ignored) => {
    expect(rules(texts).ignores(path, isFolder)).toBe(ignored);
  });

  it("never means .git, unless a line says so", () => {
    for (const text of ["*", ".*", "**/*", "/*"]) {
      expect(rules({ "": text }).ignores(".git", true)).toBe(false);
      expect(rules({ "": text }).ignores(".git/config", false)).toBe(false);
    }
    for (const text of [".git", ".git/", "/.git", "/.git/"]) expect(rules({ "": text }).ignores(".git", true)).toBe(true);
  });

  it("covers what lies in a folder that is left out", () => {
    const own = rules({ "": "target/\n" });
    expect(own.covers("target/debug/x", false)).toBe(true);
    expect(own.covers("src/target.rs", false)).toBe(false);
  });

  it("does not follow lines that would make a long name cost hours, and names them", () => {
    const own = rules({ "": `${"*a".repeat(40)}\nfine\n${"x".repeat(2000)}\n` });
    const began = performance.now();
    expect(own.ignores("a".repeat(250), false)).toBe(false);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(own.ignores("fine", false)).toBe(true);
    expect(own.unusable).toHaveLength(2);
  });

  it("takes any text for a file of rules, and any name", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), (text, parts) => {
        const path = parts.map((part) => part.replaceAll("/", "_")).join("/");
        expect(typeof rules({ "": text }).covers(path, false)).toBe("boolean");
      }),
      { numRuns: 500 },
    );
  });

  it("means what it means to git", async () => {
    const lines = ["*.log", "!keep.log", "/build/", "docs/*.txt", "**/tmp", "a/**/z", "name with space", "\\#hash", "x?y", "[ab].c"];
    const nested = ["!a.log", "only-here"];
    const names =
      "x.log keep.log build/out src/build/out docs/a.txt docs/b/a.txt deep/tmp a/z a/b/c/z xzy a.c c.c sub/a.log sub/only-here only-here #hash";
    const paths = [...names.split(" "), "name with space", "sub/keep.log"];
    await using tree = await hostTree({ ".gitignore": lines.join("\n"), "sub/.gitignore": nested.join("\n") });
    await tree.add(Object.fromEntries(paths.map((path) => [path, "x"])));
    const run = promisify(execFile);
    await run("git", ["init", "-q"], { cwd: tree.path });
    const { stdout } = await run("git", ["-c", "core.quotePath=false", "ls-files", "--others", "--ignored", "--exclude-standard"], {
      cwd: tree.path,
    });
    const own = rules({ "": lines.join("\n"), sub: nested.join("\n") });
    expect(paths.filter((path) => own.covers(path, false)).toSorted()).toEqual(stdout.trim().split("\n").toSorted());
  });
});
