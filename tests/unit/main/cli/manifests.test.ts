import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../../../../main/cli/run.ts";

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bot-bottle-cli-manifests-"));
  // No engine: what is tried here needs none.
  env = { HOME: folder, PATH: "", BOT_BOTTLE_HOME: join(folder, "home"), DOCKER_HOST: "unix:///nonexistent/docker.sock" };
  await put("home/bottles/base.md", "---\nenv:\n  A: x\nagent_provider: { template: shell }\n---\n");
  await put("home/agents/one.md", "---\nbottle: base\n---\nDo it.");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(path: string, content: string): Promise<string> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
  return join(folder, path);
}

async function run(...args: readonly string[]) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const own = { stdin: new PassThrough(), stdout, stderr, env, cwd: () => folder, on: () => own, off: () => own };
  const code = await runCli(args, own as unknown as Parameters<typeof runCli>[1]);
  stdout.end();
  stderr.end();
  return { code, stdout: (await text(stdout)).replaceAll(folder, ""), stderr: (await text(stderr)).replaceAll(folder, "") };
}

describe("`bot-bottle manifests` (CLI-1, MAN-9)", () => {
  it("lists agents, and errors with the line they are on", async () => {
    await put("home/bottles/bad.md", "---\nenv:\n  A: x\negres: {}\n---\n");
    expect(await run("manifests")).toEqual({
      code: 5,
      stderr: "",
      stdout: `AGENT  BOTTLE  PROVIDER  ROUTES  FROM
one    base    shell     0       home
✗ /home/bottles/bad.md:4:1: unknown key "egres" (did you mean "egress"?); allowed keys: extends, env, agent_provider, git-gate, egress, supervise
    egres: {}
    ^^^^^
`,
    });
  });

  it("lets no text of a file act on the terminal", async () => {
    await put("home/bottles/bad.md", "---\nenv: [\u001b[2J\u202e]\n---\n");
    const { stdout } = await run("manifests");
    expect(stdout).toContain("    env: [\\u{1b}[2J\\u{202e}]\n          ^");
  });

  it("prints places and excerpts with --json", async () => {
    await put("home/bottles/bad.md", "---\nsupervise: 1\n---\n");
    const { stdout, code } = await run("manifests", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).errors).toEqual([
      {
        file: "/home/bottles/bad.md",
        line: 2,
        column: 1,
        endColumn: 10,
        message: "supervise must be true or false, not a number",
        excerpt: "supervise: 1\n^^^^^^^^^",
        severity: "error",
      },
    ]);
  });
});

describe("`bot-bottle manifests show` (MAN-7)", () => {
  it("says which file and line each effective value comes from", async () => {
    await put("home/bottles/child.md", "---\nextends: base\nenv:\n  B: y\n---\n");
    expect(await run("manifests", "show", "child")).toEqual({
      code: 0,
      stderr: "",
      stdout: `bottle child
VALUE OF                 IS     FROM
agent_provider.template  shell  /home/bottles/base.md:4
env.A                    x      /home/bottles/base.md:3
env.B                    y      /home/bottles/child.md:4
supervise                false  default
`,
    });
    const { stdout } = await run("manifests", "show", "one", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ kind: "agent", effective: [{ path: ["bottle"], value: "base" }, {}, {}, {}] });
  });

  it("ends with its own codes where there is nothing to show", async () => {
    await put("home/bottles/bad.md", "---\nsupervise: 1\n---\n");
    expect((await run("manifests", "show", "none")).code).toBe(3);
    const { code, stdout } = await run("manifests", "show", "bad");
    expect(code).toBe(5);
    expect(stdout).toContain("bad.md:2:1");
  });
});

describe("`bot-bottle manifests check`", () => {
  it("checks a file wherever it lies, as if it were in its place", async () => {
    const good = await put("elsewhere/bottles/new.md", "---\nextends: base\n---\n");
    expect(await run("manifests", "check", good)).toEqual({ code: 0, stdout: "✓ /elsewhere/bottles/new.md is valid\n", stderr: "" });
    await put("bad.md", "---\nextends: bas\n---\n");
    expect(await run("manifests", "check", "bad.md", "--kind", "bottle")).toEqual({
      code: 5,
      stderr: "",
      stdout:
        '✗ /bad.md:2:1: extends "bas", which is not defined (did you mean "base"?); defined bottles: bad, base\n    extends: bas\n    ^^^^^^^\n',
    });
  });

  it("checks a workspace's agent, and says what it cannot check", async () => {
    const file = await put("work/.bot-bottle/agents/a.md", "---\nbottle: none\n---\n");
    expect((await run("manifests", "check", file, "--json")).stdout).toContain('"valid":false');
    await put("Bad Name.md", "");
    expect((await run("manifests", "check", "Bad Name.md", "--kind", "agent")).code).toBe(2);
    expect((await run("manifests", "check", "none.md", "--kind", "agent")).code).toBe(3);
    expect((await run("manifests", "check", await put("x/y.md", ""))).stderr).toContain("--kind bottle or --kind agent");
  });
});

describe("`bot-bottle manifests new`", () => {
  it("makes a valid file from a template, and never over another", async () => {
    const { code, stdout } = await run("manifests", "new", "bottle", "mine", "--template", "read-only");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "/home/bottles/mine.md\n" });
    expect((await run("manifests", "check", join(folder, "home/bottles/mine.md"))).code).toBe(0);
    expect((await run("manifests", "new", "bottle", "mine")).code).toBe(7);
    expect(await readFile(join(folder, "home/bottles/mine.md"), "utf8")).toContain("docs.python.org");
  });

  it("lists the templates where there is none of the name", async () => {
    const { code, stderr } = await run("manifests", "new", "agent", "mine", "--template", "none");
    expect(code).toBe(2);
    expect(stderr).toContain("templates: coder (");
    expect((await run("manifests", "new", "thing", "mine")).code).toBe(2);
    expect((await run("manifests", "new", "agent", "../x")).code).toBe(2);
  });
});

it("prints the schema for editors (MAN-10)", async () => {
  expect(JSON.parse((await run("manifests", "schema", "bottle")).stdout)).toMatchObject({ additionalProperties: false });
});
