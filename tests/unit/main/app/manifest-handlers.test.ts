import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { methods } from "#common/ipc/contract.ts";
import { createDeclarations } from "../../../../main/app/declared.ts";
import { ManifestDesk } from "../../../../main/app/manifest-desk.ts";
import type { ManifestHandlers } from "../../../../main/app/manifest-handlers.ts";
import { createManifestHandlers } from "../../../../main/app/manifest-handlers.ts";
import { FollowedWorkspaces } from "../../../../main/manifests/followed-workspaces.ts";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";

let folder: string;
let home: HomePaths;
let handlers: ManifestHandlers;
let workspaces: FollowedWorkspaces;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "manifest-handlers-"));
  home = homePaths({ BOT_BOTTLE_HOME: join(folder, "home") });
  workspaces = new FollowedWorkspaces();
  handlers = createManifestHandlers(
    new ManifestDesk({ home, userHome: join(folder, "user"), declarations: createDeclarations(home), workspaces }),
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(path: string, text: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

async function pipe(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
}

/** As a window calls it: what comes out is of the contract's shape. */
async function call<M extends keyof ManifestHandlers>(name: M, input: Parameters<ManifestHandlers[M]>[0]) {
  const output = await (handlers[name] as (given: typeof input) => Promise<unknown>)(input);
  return methods[name].output.parse(output) as Awaited<ReturnType<ManifestHandlers[M]>>;
}

const BOTTLE = "---\nagent_provider: { template: shell }\n---\n";
const bottle = (name: string) => ({ kind: "bottle", name, workspace: null }) as const;
const agent = (name: string, workspace: string | null = null) => ({ kind: "agent", name, workspace }) as const;

describe("read and save", () => {
  test("a saved text is on disk as a whole, with the mode the file had", async () => {
    await put("home/bottles/a.md", BOTTLE);
    await chmod(join(home.bottles, "a.md"), 0o640);
    const read = await call("manifests.read", bottle("a"));
    expect(read).toMatchObject({ source: BOTTLE, writable: true, file: join(home.bottles, "a.md") });
    const saved = await call("manifests.save", { ...bottle("a"), source: `${BOTTLE}Hello\n`, digest: read.digest });
    expect(await readFile(saved.file, "utf8")).toBe(`${BOTTLE}Hello\n`);
    expect((await stat(saved.file)).mode & 0o777).toBe(0o640);
    expect(await readdir(home.bottles)).toEqual(["a.md"]);
    expect(saved.digest).not.toBe(read.digest);
  });

  test("a new file is the operator's alone, and takes nobody's place", async () => {
    const { file } = await call("manifests.save", { ...agent("new"), source: "---\nbottle: a\n---\n", digest: null });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(call("manifests.save", { ...agent("new"), source: "other", digest: null })).rejects.toMatchObject({ code: "conflict" });
    expect(await readFile(file, "utf8")).toBe("---\nbottle: a\n---\n");
    expect(await readdir(home.agents)).toEqual(["new.md"]);
  });

  test("of several that create the same file at once one wins", async () => {
    const texts = ["1", "2", "3", "4"].map((text) => `---\nbottle: a\n---\n${text}\n`);
    const outcomes = await Promise.allSettled(texts.map((source) => call("manifests.save", { ...agent("new"), source, digest: null })));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(texts).toContain(await readFile(join(home.agents, "new.md"), "utf8"));
  });

  test("what changed on disk meanwhile is not overwritten", async () => {
    await put("home/bottles/a.md", BOTTLE);
    const { digest } = await call("manifests.read", bottle("a"));
    await put("home/bottles/a.md", `${BOTTLE}by an editor`);
    await expect(call("manifests.save", { ...bottle("a"), source: BOTTLE, digest })).rejects.toMatchObject({
      code: "conflict",
      message: `${join(home.bottles, "a.md")} changed on disk since you opened it`,
    });
    await expect(call("manifests.delete", { ...bottle("a"), digest })).rejects.toMatchObject({ code: "conflict" });
    await rm(join(home.bottles, "a.md"));
    await expect(call("manifests.save", { ...bottle("a"), source: BOTTLE, digest })).rejects.toMatchObject({
      code: "conflict",
      message: `${join(home.bottles, "a.md")} was deleted since you opened it`,
    });
  });

  test("a text with errors is saved; they show beside the file", async () => {
    await call("manifests.save", { ...bottle("a"), source: "---\nenvs: {}\n---\n", digest: null });
    expect((await call("manifests.files", { workspace: null })).files[0]?.problems).toHaveLength(1);
  });

  test.each([
    ["a NUL character", "---\n---\na\0b"],
    ["half a character", "---\n---\n\ud800"],
  ])("%s is no text", async (_case, source) => {
    await expect(call("manifests.save", { ...bottle("a"), source, digest: null })).rejects.toMatchObject({ code: "bad-input" });
  });

  test("Windows line ends and a byte order mark stay", async () => {
    await put("home/bottles/a.md", "\ufeff---\r\nsupervise: true\r\n---\r\n");
    const { source, digest } = await call("manifests.read", bottle("a"));
    expect(source).toBe("---\nsupervise: true\n---\n");
    await call("manifests.save", { ...bottle("a"), source: source.replace("true", "false"), digest });
    expect(await readFile(join(home.bottles, "a.md"), "utf8")).toBe("\ufeff---\r\nsupervise: false\r\n---\r\n");
  });

  test.each([
    ["not-found", async () => undefined],
    ["manifest-invalid", () => mkdir(join(home.bottles, "a.md"), { recursive: true })],
    ["manifest-invalid", () => pipe(join(home.bottles, "a.md"))],
    ["manifest-invalid", () => put("home/bottles/a.md", "x".repeat(2_000_000))],
    ["manifest-invalid", () => put("home/bottles/a.md", Uint8Array.of(0xff, 0xfe))],
  ])("what cannot be shown is said: %s", async (code, prepare) => {
    await prepare();
    await expect(call("manifests.read", bottle("a"))).rejects.toMatchObject({ code });
  });
});

describe("nothing is written where it does not belong (MAN-1)", () => {
  test("a workspace's agent is shown and never written", async () => {
    await put("work/.bot-bottle/agents/a.md", "---\nbottle: b\n---\n");
    const workspace = join(folder, "work");
    const { digest, writable } = await call("manifests.read", agent("a", workspace));
    expect(writable).toBe(false);
    await expect(call("manifests.save", { ...agent("a", workspace), source: "x", digest })).rejects.toMatchObject({
      code: "not-permitted",
    });
    await expect(call("manifests.delete", { ...agent("a", workspace), digest })).rejects.toMatchObject({ code: "not-permitted" });
    expect(await readFile(join(workspace, ".bot-bottle/agents/a.md"), "utf8")).toBe("---\nbottle: b\n---\n");
  });

  test("nor is a link followed out of the workspace", async () => {
    await put("private.md", "PRIVATE");
    await mkdir(join(folder, "work/.bot-bottle/agents"), { recursive: true });
    await symlink(join(folder, "private.md"), join(folder, "work/.bot-bottle/agents/a.md"));
    await expect(call("manifests.read", agent("a", join(folder, "work")))).rejects.toMatchObject({ code: "not-permitted" });
  });

  test("a link out of the home is read and not written; one inside of it stays a link", async () => {
    await put("dotfiles/a.md", BOTTLE);
    await put("home/shared/b.md", BOTTLE);
    await mkdir(home.bottles, { recursive: true });
    await symlink(join(folder, "dotfiles/a.md"), join(home.bottles, "a.md"));
    await symlink("../shared/b.md", join(home.bottles, "b.md"));
    const outside = await call("manifests.read", bottle("a"));
    expect(outside.writable).toBe(false);
    await expect(call("manifests.save", { ...bottle("a"), source: "x", digest: outside.digest })).rejects.toMatchObject({
      code: "not-permitted",
    });
    const inside = await call("manifests.read", bottle("b"));
    await call("manifests.save", { ...bottle("b"), source: `${BOTTLE}new`, digest: inside.digest });
    expect(await readFile(join(folder, "home/shared/b.md"), "utf8")).toBe(`${BOTTLE}new`);
    const { files } = await call("manifests.files", { workspace: null });
    expect(files.map(({ name, writable }) => [name, writable])).toEqual([
      ["a", false],
      ["b", true],
    ]);
  });

  test("nor through a folder that is a link", async () => {
    await mkdir(join(folder, "elsewhere"));
    await mkdir(home.root);
    await symlink(join(folder, "elsewhere"), home.bottles);
    await expect(call("manifests.save", { ...bottle("a"), source: BOTTLE, digest: null })).rejects.toMatchObject({ code: "not-permitted" });
    expect(await readdir(join(folder, "elsewhere"))).toEqual([]);
  });
});

describe("check", () => {
  const place = (name: string) => join(home.bottles, `${name}.md`);

  test("says for every value which file and line it comes from (MAN-7, MAN-8)", async () => {
    await put("home/bottles/base.md", "---\nenv:\n  A: from base\ngit-gate:\n  user: { name: Base, email: base@example.org }\n---\n");
    await put("home/bottles/child.md", "---\nextends: base\n---\n");
    const source =
      "---\nextends: base\nenv:\n  B: own\nagent_provider:\n  template: shell\negress:\n  routes:\n    - host: A.example\n      methods: [GET, POST]\n---\n";
    const { problems, effective } = await call("manifests.check", { ...bottle("child"), source });
    expect(problems).toEqual([]);
    const from = (file: string, line: number) => ({ kind: "file", file: place(file), line });
    expect(effective.map(({ path, value, from: origin }) => [path.join("."), value, origin])).toEqual([
      ["agent_provider.template", "shell", from("child", 6)],
      ["git-gate.user.name", "Base", from("base", 5)],
      ["git-gate.user.email", "base@example.org", from("base", 5)],
      ["env.A", "from base", from("base", 3)],
      ["env.B", "own", from("child", 4)],
      ["egress.routes.0.host", "a.example", from("child", 9)],
      ["egress.routes.0.methods", "GET, POST", from("child", 10)],
      ["supervise", "false", { kind: "default" }],
    ]);
    expect(await readFile(place("child"), "utf8")).toBe("---\nextends: base\n---\n");
  });

  test("an agent: its own values over its bottle's, and what the provider brings along", async () => {
    await put(
      "home/bottles/base.md",
      "---\nagent_provider: { auth_token: T }\ngit-gate: { user: { name: Base, email: b@example.org } }\n---\n",
    );
    const source = "---\nbottle: base\nskills: [a, b]\ngit-gate:\n  user: { name: Own }\n---\n";
    const { effective } = await call("manifests.check", { ...agent("new"), source });
    const shown = effective.map(
      ({ path, value, from }) =>
        `${path.join(".")}=${value} (${from.kind === "file" ? `${from.file.slice(home.root.length + 1)}:${from.line}` : JSON.stringify(from)})`,
    );
    expect(shown).toContain("bottle=base (agents/new.md:2)");
    expect(shown).toContain("skills=a, b (agents/new.md:3)");
    expect(shown).toContain("git-gate.user.name=Own (agents/new.md:5)");
    expect(shown).toContain("git-gate.user.email=b@example.org (bottles/base.md:3)");
    expect(shown).toContain('agent_provider.template=claude ({"kind":"default"})');
    expect(shown).toContain('egress.routes.0.host=api.anthropic.com ({"kind":"provider","provider":"claude"})');
    expect(shown).not.toContain("git-gate.user.name=Base (bottles/base.md:3)");
  });

  test("a route that the provider's own takes the place of is a warning (PRV-7)", async () => {
    const source = "---\negress:\n  routes:\n    - host: api.anthropic.com\n    - host: b.example\n---\n";
    const { problems, effective } = await call("manifests.check", { ...bottle("a"), source });
    expect(problems).toEqual([
      {
        file: place("a"),
        line: 4,
        column: 7,
        endColumn: 11,
        severity: "warning",
        message: "this route has no effect: the provider claude has its own route to api.anthropic.com",
        excerpt: "    - host: api.anthropic.com\n      ^^^^",
      },
    ]);
    expect(effective.filter(({ path }) => path.at(-1) === "host").map(({ path, value }) => [path[2], value])).toEqual([
      ["0", "api.anthropic.com"],
      ["1", "b.example"],
    ]);
  });

  test("errors of the draft, and what saving it would break elsewhere", async () => {
    await put("home/bottles/base.md", BOTTLE);
    await put("home/bottles/child.md", "---\nextends: base\n---\n");
    await put("home/agents/a.md", "---\nbottle: base\n---\n");
    await put("home/agents/broken.md", "---\nbottle: none\n---\n");
    const { problems, effective } = await call("manifests.check", { ...bottle("base"), source: "---\nsupervise: 1\n---\n" });
    expect(problems.map(({ file, line, severity, message }) => [file.slice(home.root.length + 1), line, severity, message])).toEqual([
      ["bottles/base.md", 2, "error", "supervise must be true or false, not a number"],
      ["agents/a.md", 2, "warning", 'saving this would be an error there: names the bottle "base", which has errors'],
      ["bottles/child.md", 2, "warning", 'saving this would be an error there: extends "base", which has errors'],
    ]);
    expect(effective).toEqual([]);
  });

  test("a draft of a file that does not exist yet counts for a circle", async () => {
    await put("home/bottles/a.md", "---\nextends: b\n---\n");
    const { problems } = await call("manifests.check", { ...bottle("b"), source: "---\nextends: a\n---\n" });
    expect(problems[0]).toMatchObject({ line: 2, message: "extends in a circle: b -> a -> b" });
  });
});

describe("the list of files", () => {
  test("says of each what it is and who needs it", async () => {
    await put("home/bottles/base.md", `${BOTTLE}# The base\n\nMore.`);
    await put("home/bottles/child.md", "---\nextends: base\negress: { routes: [{ host: a.example }] }\n---\n");
    await put("home/bottles/broken.md", "---\nextends: base\nenv: 1\n---\n");
    await put("home/bottles/No Name.md", "");
    await put("home/agents/a.md", "---\nbottle: child\nskills: [s]\n---\nDo it.\nNow.");
    await put("work/.bot-bottle/agents/a.md", "---\nbottle: base\n---\n");
    await put("work/.bot-bottle/bottles/b.md", "");
    const workspace = join(folder, "work");
    const { files, elsewhere } = await call("manifests.files", { workspace });
    const facts = files.map(
      ({ kind, name, summary, parent, provider, routes, extends: parents, usedBy, overridden, writable, problems }) => ({
        ...{ name: `${kind} ${name}`, summary, parent, provider, routes, parents, usedBy, overridden, writable, problems: problems.length },
      }),
    );
    const unused = { bottles: [], agents: [] };
    expect(facts).toEqual([
      {
        name: "bottle base",
        summary: "The base",
        parent: null,
        provider: "shell",
        routes: 0,
        parents: [],
        usedBy: { bottles: ["child"], agents: ["a"] },
        overridden: false,
        writable: true,
        problems: 0,
      },
      {
        name: "bottle broken",
        summary: "",
        parent: null,
        provider: null,
        routes: null,
        parents: [],
        usedBy: unused,
        overridden: false,
        writable: true,
        problems: 1,
      },
      {
        name: "bottle child",
        summary: "",
        parent: "base",
        provider: "shell",
        routes: 1,
        parents: ["base"],
        usedBy: { bottles: [], agents: ["a"] },
        overridden: false,
        writable: true,
        problems: 0,
      },
      {
        name: "agent a",
        summary: "Do it.",
        parent: "child",
        provider: "shell",
        routes: 1,
        parents: [],
        usedBy: unused,
        overridden: true,
        writable: true,
        problems: 0,
      },
      {
        name: "agent a",
        summary: "",
        parent: "base",
        provider: "shell",
        routes: 0,
        parents: [],
        usedBy: unused,
        overridden: false,
        writable: false,
        problems: 0,
      },
    ]);
    expect(files.at(-1)?.workspace).toBe(workspace);
    expect(elsewhere.map(({ file, severity }) => [file.slice(folder.length + 1), severity])).toEqual([
      ["home/bottles/No Name.md", "warning"],
      ["work/.bot-bottle/bottles/b.md", "warning"],
    ]);
    expect(workspaces.paths).toEqual([workspace]);
  });
});

describe("what else an editor needs", () => {
  test("a bottle that others need is not deleted", async () => {
    await put("home/bottles/base.md", BOTTLE);
    await put("home/bottles/child.md", "---\nextends: base\n---\n");
    await put("home/agents/a.md", "---\nbottle: base\n---\n");
    const { digest } = await call("manifests.read", bottle("base"));
    await expect(call("manifests.delete", { ...bottle("base"), digest })).rejects.toMatchObject({
      code: "not-permitted",
      message: "The bottle base is needed: the bottle child extends it, the agent a runs in it",
    });
    await rm(join(home.bottles, "child.md"));
    await rm(join(home.agents, "a.md"));
    await call("manifests.delete", { ...bottle("base"), digest });
    expect(await readdir(home.bottles)).toEqual([]);
  });

  test("every template is valid as it is, under a name that is free (UI-5)", async () => {
    await put("home/bottles/claude.md", BOTTLE);
    await put("home/agents/coder.md", "---\nbottle: claude\n---\n");
    const templates = await call("manifests.templates", {});
    expect(templates.map(({ kind, id, suggestedName }) => `${kind} ${id} ${suggestedName}`)).toEqual([
      "bottle claude claude-2",
      "bottle codex codex",
      "bottle shell demo",
      "bottle read-only docs",
      "bottle repository repository",
      "bottle variant variant",
      "agent coder coder-2",
      "agent reviewer reviewer",
      "agent shell demo",
    ]);
    for (const { kind, suggestedName, source } of templates) {
      const { problems, effective } = await call("manifests.check", { kind, name: suggestedName, workspace: null, source });
      expect(problems, suggestedName).toEqual([]);
      expect(effective.length).toBeGreaterThan(0);
    }
  });

  test("the form changes values and keeps the rest", async () => {
    const source = "---\nsupervise: true # yes\n---\nBody\n";
    expect(await call("manifests.edit", { source, changes: [{ path: ["supervise"], value: false }], body: null })).toEqual({
      source: "---\nsupervise: false # yes\n---\nBody\n",
    });
    expect(await call("manifests.parse", { kind: "bottle", source })).toEqual({ frontmatter: { supervise: true }, body: "Body" });
    expect(await call("manifests.parse", { kind: "bottle", source: "---\na: [\n---\n" })).toMatchObject({ frontmatter: null });
    await expect(
      call("manifests.edit", { source: "---\na: [\n---\n", changes: [{ path: ["a"], value: 1 }], body: null }),
    ).rejects.toMatchObject({ code: "manifest-invalid" });
  });

  test("names to choose from, and the schema", async () => {
    await mkdir(join(home.skills, "own"), { recursive: true });
    await mkdir(join(folder, "user/.claude/skills/shared"), { recursive: true });
    await mkdir(join(folder, "user/.claude/skills/.hidden"));
    expect(await call("manifests.choices", {})).toEqual({ providers: ["claude", "codex", "shell"], skills: ["own", "shared"] });
    expect(await call("manifests.schema", { kind: "agent" })).toMatchObject({ required: ["bottle"] });
  });
});
