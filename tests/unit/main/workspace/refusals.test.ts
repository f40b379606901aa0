import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isGitFolder, refuseLink, refusePath } from "../../../../main/workspace/refusals.ts";

describe("paths of a bottle that never reach the host (ENV-4)", () => {
  it.each([
    ["/etc/passwd", "leads out"],
    ["../up", "leads out"],
    ["a/../../up", "leads out"],
    ["a/./b", "leads out"],
    ["a//b", "leads out"],
    ["", "leads out"],
    ["a\nb", "do not show"],
    ["a\u001b[2Jb", "do not show"],
    ["in\u202egnp.exe", "do not show"],
    ["ze\u200bro", "do not show"],
    ["a\\..\\b", "backslash"],
    ["bro\ufffdken", "UTF-8"],
    ["half\ud800", "UTF-8"],
    [".git/hooks/pre-commit", "git"],
    ["vendor/x/.git/config", "git"],
    [".GIT/config", "git"],
    [".git./config", "git"],
    [".git /config", "git"],
    ["git~1/config", "git"],
    [".git::$INDEX_ALLOCATION/config", "git"],
    ["x".repeat(256), "too long"],
    [Array(1000).fill("abcd").join("/"), "too long"],
  ])("%j is refused: %s", (path, reason) => {
    expect(refusePath(path)).toContain(reason);
  });

  it.each(["a", "src/main.ts", ".gitignore", ".github/workflows/x.yml", "ünï/ço", "a b", "...", "👩\u200d💻.txt", "-rf", "$(reboot)"])(
    "%j may pass",
    (path) => {
      expect(refusePath(path)).toBeNull();
    },
  );

  it("knows .git with characters that some file systems ignore", () => {
    for (const ignored of ["\u200c", "\u200d", "\ufeff", "\u206a", "\u202e"]) expect(isGitFolder(`.g${ignored}it`)).toBe(true);
  });
});

describe("links of a bottle that never reach the host (ENV-4)", () => {
  it.each([
    ["a", "/etc/passwd"],
    ["a", ".."],
    ["a/b", "../../x"],
    ["a/b", "c/../../../x"],
    ["a", "b/../c"],
    ["a", ".git/config"],
    ["a/b", "../.GIT/hooks"],
    ["a", ""],
    ["a", "C:/windows"],
    ["a", "..\\up"],
    ["a", "x\0y"],
  ])("%j -> %j is refused", (path, target) => {
    expect(refuseLink(path, target)).toEqual(expect.any(String));
  });

  it.each([
    ["a", "b"],
    ["a/b", "../c"],
    ["a/b/c", "../../d/e"],
    ["a", "./b"],
    ["a", "."],
  ])("%j -> %j may pass", (path, target) => {
    expect(refuseLink(path, target)).toBeNull();
  });

  it("lets none pass that leads out of the folder, through whatever other links that passed", () => {
    const name = fc.constantFrom("a", "b", "c", "..", ".", "");
    const target = fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
    const place = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(place, target), { selector: ([path]) => path, maxLength: 6 }), (links) => {
        const passed = new Map(links.filter(([path, to]) => refusePath(path) === null && refuseLink(path, to) === null));
        for (const path of passed.keys()) expect(follow(passed, path)).not.toBe("outside");
      }),
      { numRuns: 3000 },
    );
  });
});

/** Where a path leads, as a kernel walks it: every link on the way replaced, `..` from where it really is. */
function follow(links: ReadonlyMap<string, string>, path: string): string {
  let left = path.split("/");
  let at: string[] = [];
  for (let steps = 0; left.length > 0 && steps < 100; steps += 1) {
    const [next, ...rest] = left;
    left = rest;
    if (next === "" || next === "." || next === undefined) continue;
    if (next === "..") {
      if (at.length === 0) return "outside";
      at = at.slice(0, -1);
      continue;
    }
    const target = links.get(posix.join(...at, next));
    if (target === undefined) at = [...at, next];
    else left = [...target.split("/"), ...left];
  }
  return at.join("/");
}
