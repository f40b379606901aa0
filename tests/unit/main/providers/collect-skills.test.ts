import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collectSkills } from "../../../../main/providers/collect-skills.ts";

let root: string;
let places: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bot-bottle-skills-"));
  places = [join(root, "home/skills"), join(root, "user/.claude/skills")];
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string, mode = 0o644): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

const collect = (names: string[], target: string | null = "/guest/skills") => collectSkills({ names, places, target });

describe("skills (MAN-3)", () => {
  test("are copied with their modes and what lies below them", async () => {
    await put("home/skills/review/SKILL.md", "Look twice.\n", 0o640);
    await put("home/skills/review/scripts/check.sh", "#!/bin/sh\n", 0o755);
    const { entries, problems, warnings } = await collect(["review"]);
    expect(entries).toEqual([
      { kind: "folder", path: "/guest/skills", mode: 0o755, owner: "guest" },
      { kind: "folder", path: "/guest/skills/review", mode: expect.any(Number), owner: "guest" },
      { kind: "file", path: "/guest/skills/review/SKILL.md", mode: 0o640, owner: "guest", content: Buffer.from("Look twice.\n") },
      { kind: "folder", path: "/guest/skills/review/scripts", mode: expect.any(Number), owner: "guest" },
      { kind: "file", path: "/guest/skills/review/scripts/check.sh", mode: 0o755, owner: "guest", content: Buffer.from("#!/bin/sh\n") },
    ]);
    expect([problems, warnings]).toEqual([[], []]);
  });

  test("the home's come before those of Claude Code", async () => {
    await put("home/skills/a/SKILL.md", "home");
    await put("user/.claude/skills/a/SKILL.md", "user");
    await put("user/.claude/skills/b/SKILL.md", "user");
    const { entries } = await collect(["a", "b"]);
    const text = (path: string) =>
      entries.flatMap((entry) => (entry.kind === "file" && entry.path === path ? [String(entry.content)] : []));
    expect([text("/guest/skills/a/SKILL.md"), text("/guest/skills/b/SKILL.md")]).toEqual([["home"], ["user"]]);
  });

  test("a missing one is a problem that names both places", async () => {
    expect((await collect(["nosuch"])).problems).toEqual([
      `there is no skill nosuch: looked for a folder ${places[0]}/nosuch, then ${places[1]}/nosuch`,
    ]);
  });

  test("links inside are followed, to files and folders of the skill alone", async () => {
    await put("home/skills/a/SKILL.md", "s");
    await put("home/skills/a/shared/text.md", "t");
    await symlink("../shared/text.md", join(root, "home/skills/a/shared/again.md"));
    await symlink("shared", join(root, "home/skills/a/alias"));
    const { entries, problems } = await collect(["a"]);
    expect(problems).toEqual([]);
    expect(entries.map(({ path }) => path)).toContain("/guest/skills/a/alias/text.md");
  });

  test.each([
    ["a file", "secret.txt"],
    ["a folder", "."],
    ["nothing", "nosuch"],
  ])("a link that leads out, to %s, is refused by name", async (_name, target) => {
    await put("home/skills/a/SKILL.md", "s");
    await put("secret.txt", "key");
    await symlink(join(root, target), join(root, "home/skills/a/notes"));
    const { entries, problems } = await collect(["a"]);
    expect(problems).toEqual([
      expect.stringMatching(/^the skill a \(.*\) holds (the link )?notes, which (leads out of the skill|leads nowhere or went away)$/),
    ]);
    expect(JSON.stringify(entries)).not.toContain("key");
  });

  test("a folder that is itself a link counts as where it leads", async () => {
    await put("dotfiles/review/SKILL.md", "s");
    await mkdir(join(root, "home/skills"), { recursive: true });
    await symlink(join(root, "dotfiles/review"), join(root, "home/skills/review"));
    expect((await collect(["review"])).problems).toEqual([]);
  });

  test("a link to a folder above it ends", async () => {
    await put("home/skills/a/SKILL.md", "s");
    await mkdir(join(root, "home/skills/a/b"));
    await symlink("../b", join(root, "home/skills/a/b/again"));
    expect((await collect(["a"])).problems).toEqual([expect.stringContaining("is nested deeper than 16 folders, or links to itself")]);
  });

  test("what is neither file nor folder is refused, without waiting for it", async () => {
    await put("home/skills/a/SKILL.md", "s");
    execFileSync("mkfifo", [join(root, "home/skills/a/pipe")]);
    expect((await collect(["a"])).problems).toEqual([expect.stringContaining("holds pipe, which is neither a file nor a folder")]);
  });

  test("too large and too many are refused with the limit", async () => {
    await put("home/skills/large/SKILL.md", "x".repeat(16 * 1024 * 1024 + 1));
    expect((await collect(["large"])).problems).toEqual([expect.stringContaining("is larger than 16 MiB")]);
    for (let count = 0; count < 1000; count += 1) await put(`home/skills/many/${count}.md`, "");
    expect((await collect(["many"])).problems).toEqual([expect.stringContaining("holds more than 1000 files and folders")]);
  });

  test("one without SKILL.md is copied, and said to be unknown to agents", async () => {
    await put("home/skills/a/notes.md", "n");
    const { entries, warnings } = await collect(["a"]);
    expect(warnings).toEqual(["the skill a holds no SKILL.md, by which agents know one"]);
    expect(entries).toHaveLength(3);
  });

  test("a provider that knows none gets none, and says so", async () => {
    await put("home/skills/a/SKILL.md", "s");
    expect(await collect(["a"], null)).toEqual({ entries: [], problems: [], warnings: ["the provider knows no skills: a is not copied"] });
    expect(await readFile(join(root, "home/skills/a/SKILL.md"), "utf8")).toBe("s");
  });
});
