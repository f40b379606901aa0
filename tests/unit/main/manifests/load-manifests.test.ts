import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ManifestsView } from "#common/ipc/contract.ts";
import { loadManifests } from "../../../../main/manifests/load-manifests.ts";
import { manifestsJson, manifestsView } from "../../../../main/manifests/projections.ts";
import { homePaths } from "../../../../main/platform/home.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "manifests-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), text);
}

async function load(workspace: string | null = null) {
  const set = await loadManifests({
    home: homePaths({ BOT_BOTTLE_HOME: join(folder, "home") }),
    workspace: workspace === null ? null : join(folder, workspace),
    providers: ["shell", "claude"],
  });
  const places = (problems: typeof set.errors) => problems.map(({ file, line, message }) => [file.slice(folder.length + 1), line, message]);
  return { ...set, errors: places(set.errors), warnings: places(set.warnings) };
}

const BOTTLE = "---\nagent_provider: { template: shell }\n---\n";
const agent = (bottle: string, prompt = "") => `---\nbottle: ${bottle}\n---\n${prompt}`;

describe("whose manifests count (MAN-1)", () => {
  test("a missing home is an empty one", async () => {
    expect(await load()).toEqual({ bottles: [], agents: [], errors: [], warnings: [], files: [] });
  });

  test("an agent of the workspace overrides the home's of the same name", async () => {
    await put("home/bottles/b.md", BOTTLE);
    await put("home/agents/one.md", agent("b", "home"));
    await put("home/agents/two.md", agent("b", "home"));
    await put("work/.bot-bottle/agents/two.md", agent("b", "workspace"));
    const { agents, errors } = await load("work");
    expect(agents.map(({ name, source, prompt }) => [name, source, prompt])).toEqual([
      ["one", "home", "home"],
      ["two", "workspace", "workspace"],
    ]);
    expect(errors).toEqual([]);
  });

  test("a broken override does not fall back to the home's agent", async () => {
    await put("home/bottles/b.md", BOTTLE);
    await put("home/agents/one.md", agent("b"));
    await put("work/.bot-bottle/agents/one.md", "---\nbottel: b\n---\n");
    const { agents, errors } = await load("work");
    expect(agents).toEqual([]);
    expect(errors.map(([file, line]) => [file, line])).toEqual([
      ["work/.bot-bottle/agents/one.md", 1],
      ["work/.bot-bottle/agents/one.md", 2],
    ]);
  });

  test("bottles of a workspace are ignored with a warning, and cannot be named", async () => {
    await put("home/bottles/b.md", BOTTLE);
    await put("work/.bot-bottle/bottles/evil.md", "---\negress: { routes: [{ host: evil.example }] }\n---\n");
    await put("work/.bot-bottle/agents/a.md", agent("evil"));
    const { bottles, errors, warnings } = await load("work");
    expect(bottles.map(({ name }) => name)).toEqual(["b"]);
    expect(errors).toEqual([["work/.bot-bottle/agents/a.md", 2, 'names the bottle "evil", which is not defined; defined bottles: b']]);
    expect(warnings).toEqual([
      [
        "work/.bot-bottle/bottles/evil.md",
        1,
        "ignored: bottles of a workspace are never used, because a repository must not grant itself access",
      ],
    ]);
  });

  test("a workspace cannot link a file of the operator into its agent's prompt", async () => {
    await put("home/bottles/b.md", BOTTLE);
    await put("private/key.md", agent("b", "PRIVATE KEY"));
    await mkdir(join(folder, "work/.bot-bottle/agents"), { recursive: true });
    await symlink(join(folder, "private/key.md"), join(folder, "work/.bot-bottle/agents/a.md"));
    const { agents, errors } = await load("work");
    expect(agents).toEqual([]);
    expect(errors).toEqual([["work/.bot-bottle/agents/a.md", 1, "the file is a link that leads out of the workspace; it is not read"]]);
  });

  test("nor a folder of theirs", async () => {
    await put("home/bottles/b.md", BOTTLE);
    await put("private/notes.md", agent("b", "PRIVATE"));
    await mkdir(join(folder, "work/.bot-bottle"), { recursive: true });
    await symlink(join(folder, "private"), join(folder, "work/.bot-bottle/agents"));
    expect((await load("work")).agents).toEqual([]);
  });

  test("a workspace that holds the home itself adds nothing to it", async () => {
    await put("user/.bot-bottle/bottles/b.md", BOTTLE);
    await put("user/.bot-bottle/agents/a.md", agent("b"));
    const home = homePaths({ BOT_BOTTLE_HOME: join(folder, "user/.bot-bottle") });
    const set = await loadManifests({ home, workspace: join(folder, "user"), providers: ["shell"] });
    expect([set.errors, set.warnings]).toEqual([[], []]);
    expect(set.agents.map(({ name, source }) => [name, source])).toEqual([["a", "home"]]);
  });

  test("links in the home are the operator's own", async () => {
    await put("dotfiles/b.md", BOTTLE);
    await mkdir(join(folder, "home/bottles"), { recursive: true });
    await symlink(join(folder, "dotfiles/b.md"), join(folder, "home/bottles/b.md"));
    expect((await load()).bottles.map(({ name }) => name)).toEqual(["b"]);
  });
});

describe("what a file is, not only what it says (MAN-9)", () => {
  test("folders, pipes, loops and dangling links named like manifests are problems of their own", async () => {
    await put("home/bottles/good.md", BOTTLE);
    const at = (name: string) => join(folder, "home/bottles", name);
    await mkdir(at("folder.md"));
    await symlink("loop.md", at("loop.md"));
    await symlink("nowhere.md", at("dangling.md"));
    execFileSync("sh", ["-c", 'mkfifo "$0"', at("pipe.md")]);
    const { bottles, errors } = await load();
    expect(bottles.map(({ name }) => name)).toEqual(["good"]);
    expect(errors).toEqual([
      ["home/bottles/dangling.md", 1, "the file is a link to something that does not exist"],
      ["home/bottles/folder.md", 1, "this is not a file"],
      ["home/bottles/loop.md", 1, "the file is a link that leads back to itself"],
      ["home/bottles/pipe.md", 1, "this is not a file"],
    ]);
  });

  test("a huge file is not read", async () => {
    await put("home/bottles/huge.md", "x".repeat(2_000_000));
    expect((await load()).errors).toEqual([["home/bottles/huge.md", 1, "the file has 2000000 bytes; a manifest may have at most 1048576"]]);
  });

  test("a file in place of the folder", async () => {
    await put("home/bottles", "not a folder");
    expect((await load()).errors).toEqual([["home/bottles", 1, "the folder cannot be read (ENOTDIR)"]]);
  });
});

describe("a legacy bot-bottle.json (MAN-3)", () => {
  test.each([["home"], ["work"]])("in %s is an error that says how to move", async (where) => {
    await put(`${where}/bot-bottle.json`, "{}");
    const replacement = where === "home" ? "home" : "work/.bot-bottle";
    const message = `this file is not read any more; move each bottle to ${folder}/home/bottles/<name>.md and each agent to ${folder}/${replacement}/agents/<name>.md`;
    expect((await load("work")).errors).toEqual([[`${where}/bot-bottle.json`, 1, message]]);
  });

  test("beside the new folders it is nobody's business", async () => {
    await put("home/bot-bottle.json", "{}");
    await put("home/bottles/b.md", BOTTLE);
    expect((await load()).errors).toEqual([]);
  });
});

describe("projections", () => {
  async function loadExample() {
    await put("home/bottles/base.md", "---\nenv: { A: x }\nsupervise: true\n---\nBase.");
    await put("home/bottles/child.md", "---\nextends: base\nenv: { B: y }\negress: { routes: [{ host: API.example.org }] }\n---\n");
    await put("home/agents/a.md", "---\nbottle: child\nskills: [review]\ngit-gate: { user: { name: Ada } }\nmodel: opus\n---\nDo it.");
    await put("home/agents/b.md", "---\nbottle: chil\n---\n");
    return loadManifests({ home: homePaths({ BOT_BOTTLE_HOME: join(folder, "home") }), workspace: null, providers: ["claude"] });
  }

  test("the command line prints effective frontmatter (CLI-1, MAN-7)", async () => {
    const home = join(folder, "home");
    expect(manifestsJson(await loadExample())).toEqual({
      bottles: [
        {
          name: "base",
          file: join(home, "bottles/base.md"),
          description: "Base.",
          env: { A: "x" },
          supervise: true,
          agent_provider: { template: "claude" },
        },
        {
          name: "child",
          file: join(home, "bottles/child.md"),
          description: "",
          env: { A: "x", B: "y" },
          supervise: true,
          egress: { routes: [{ host: "api.example.org" }] },
          agent_provider: { template: "claude" },
        },
      ],
      agents: [
        {
          name: "a",
          file: join(home, "agents/a.md"),
          source: "home",
          bottle: "child",
          skills: ["review"],
          "git-gate": { user: { name: "Ada" } },
          prompt: "Do it.",
        },
      ],
      errors: [
        {
          file: join(home, "agents/b.md"),
          line: 2,
          column: 1,
          endColumn: 7,
          excerpt: "bottle: chil\n^^^^^^",
          severity: "error",
          message: 'names the bottle "chil", which is not defined (did you mean "child"?); defined bottles: base, child',
        },
      ],
      warnings: [],
    });
  });

  test("a window gets what the contract says", async () => {
    const view = ManifestsView.parse(manifestsView(await loadExample()));
    expect(view.bottles.map(({ name, provider, routes }) => [name, provider, routes])).toEqual([
      ["base", "claude", 0],
      ["child", "claude", 1],
    ]);
  });
});
