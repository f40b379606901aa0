import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CA_BUNDLE, SUPERVISE_URL } from "../../../../../main/providers/guest-env.ts";
import { loadPlugins } from "../../../../../main/providers/plugins/load-plugins.ts";
import type { ProviderRequest, ProvisionPlan } from "../../../../../main/providers/provider.ts";
import { builtInProviders } from "../../../../../main/providers/provider-registry.ts";

let contrib: string;
beforeEach(async () => {
  contrib = await mkdtemp(join(tmpdir(), "bot-bottle-contrib-"));
});
afterEach(() => rm(contrib, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(contrib, path)), { recursive: true });
  await writeFile(join(contrib, path), text);
}

const load = () => loadPlugins(contrib, builtInProviders);

const REQUEST: ProviderRequest = {
  agent: "demo",
  settings: { template: "tool" },
  guestHome: "/home/node",
  workdir: "/home/node/workspace",
  supervise: true,
  prompt: "Be brief.",
  promptFile: "/home/node/.bot-bottle/prompt.md",
  hostLogin: null,
};

async function planOf(yaml: string, changes: Partial<ProviderRequest> = {}): Promise<ProvisionPlan> {
  await put("tool/provider.yaml", yaml);
  const { providers, problems } = await load();
  expect(problems).toEqual([]);
  const provider = providers.get("tool");
  if (provider === undefined) throw new Error("no provider");
  return provider.provision({ ...REQUEST, ...changes });
}

const MINIMAL = "image: { built_in: agent }\ncommand: [tool]\n";

const WHOLE = `description: A tool
image:
  dockerfile: Dockerfile
  args: { TOOL_VERSION: "1.2.3" }
command: [tool, --home, "{{guest_home}}"]
bypass_args: [--yes]
resume_args: [--continue]
prompt: { args: [--system, "{{ prompt_file }}"] }
env:
  TOOL_KEY: placeholder
  TOOL_CA: "{{ca_bundle}}"
hidden_env: [TOOL_KEY]
folders:
  - { path: ~/.tool, mode: "0750" }
files:
  - path: ~/.tool/config.json
    json: { trusted: { "{{workdir}}": true }, mcp: { other: { url: "http://other" } }, list: [1, "{{agent}}"] }
  - { path: ~/.tool/run.sh, mode: "755", content: "cd {{workdir}}\\n" }
  - { path: ~/.tool/theme, source: files/theme.bin }
skills: ~/.tool/skills
mcp:
  path: ~/.tool/config.json
  json: { mcp: { supervise: { url: "{{supervise_url}}" } } }
pre_copy:
  - { command: [rm, -rf, "{{guest_home}}/.tool/cache"], failure: the cache could not be emptied }
verify:
  - { command: [tool, --version], failure: the tool does not start }
routes:
  - host: API.tool.example
    path_allowlist: [/v1/]
    auth: { scheme: Bearer, token_ref: TOOL_TOKEN, inject: replace }
    pipelock: { tls_passthrough: true }
`;

describe("a plugin (PRV-6)", () => {
  test("declares everything a provision plan has, without code", async () => {
    await put("tool/Dockerfile", "ARG BASE\nFROM $BASE\n");
    await put("tool/files/theme.bin", "\x00theme");
    const plan = await planOf(WHOLE);
    expect(plan).toMatchObject({
      provider: "tool",
      image: { kind: "dockerfile", path: join(contrib, "tool/Dockerfile"), args: { TOOL_VERSION: "1.2.3" }, base: "agent" },
      command: ["tool", "--home", "/home/node"],
      bypassArgs: ["--yes"],
      resumeArgs: ["--continue"],
      promptArgs: ["--system", "/home/node/.bot-bottle/prompt.md"],
      env: { TOOL_KEY: "placeholder", TOOL_CA: CA_BUNDLE },
      hiddenEnvNames: ["TOOL_KEY"],
      skillsFolder: "/home/node/.tool/skills",
      preCopy: [{ argv: ["rm", "-rf", "/home/node/.tool/cache"], failure: "the cache could not be emptied" }],
      verify: [{ argv: ["tool", "--version"], failure: "the tool does not start" }],
      routes: [
        {
          host: "api.tool.example",
          pathAllowlist: ["/v1/"],
          auth: { scheme: "Bearer", tokenRef: "TOOL_TOKEN", inject: "replace" },
          pipelock: { tlsPassthrough: true },
          origin: { kind: "provider", provider: "tool" },
        },
      ],
    });
    expect(plan.entries).toMatchObject([
      { kind: "folder", path: "/home/node/.tool", mode: 0o750, owner: "guest" },
      { path: "/home/node/.tool/config.json", mode: 0o600 },
      { path: "/home/node/.tool/run.sh", mode: 0o755, content: "cd /home/node/workspace\n" },
      { path: "/home/node/.tool/theme", content: Buffer.from("\x00theme") },
    ]);
    expect(JSON.parse(String(contentOf(plan, "/home/node/.tool/config.json")))).toEqual({
      trusted: { "/home/node/workspace": true },
      mcp: { other: { url: "http://other" }, supervise: { url: SUPERVISE_URL } },
      list: [1, "demo"],
    });
  });

  test("without supervise and prompt it is told of neither", async () => {
    await put("tool/Dockerfile", "");
    await put("tool/files/theme.bin", "");
    const plan = await planOf(WHOLE, { supervise: false, prompt: "", promptFile: null });
    expect(plan.promptArgs).toEqual([]);
    expect(JSON.parse(String(contentOf(plan, "/home/node/.tool/config.json"))).mcp).toEqual({ other: { url: "http://other" } });
  });

  test("gets the prompt as a file of its own where it wants that", async () => {
    const plan = await planOf(`${MINIMAL}prompt: { file: ~/AGENTS.md }\n`);
    expect([plan.promptArgs, contentOf(plan, "/home/node/AGENTS.md")]).toEqual([[], "Be brief.\n"]);
  });

  test("needs no more than an image and a command", async () => {
    expect(await planOf(MINIMAL)).toMatchObject({
      image: { kind: "built-in", name: "agent" },
      command: ["tool"],
      entries: [],
      routes: [],
      skillsFolder: null,
    });
  });

  test("where there is no contrib folder there are the built-in ones", async () => {
    await rm(contrib, { recursive: true });
    expect(await load()).toEqual({ providers: builtInProviders, images: new Map(), problems: [] });
  });
});

describe("a broken plugin is a problem beside its file, and the others work (MAN-9)", () => {
  const cases: [string, string, number, string][] = [
    ["no command", "image: { built_in: agent }\n", 1, "command is required"],
    ["an unknown key", `${MINIMAL}resume_arg: [x]\n`, 3, 'unknown key "resume_arg" (did you mean "resume_args"?)'],
    ["an unknown key within", "image: { builtin: agent }\ncommand: [t]\n", 1, 'unknown key "builtin" in image'],
    ["no image", "image: {}\ncommand: [t]\n", 1, "image must hold either built_in or dockerfile"],
    ["two images", "image: { built_in: agent, dockerfile: D }\ncommand: [t]\n", 1, "image must hold either built_in or dockerfile"],
    ["another's image", "image: { built_in: codeks }\ncommand: [t]\n", 1, "image.built_in must be one of agent, claude, codex"],
    ["an argument that bot-bottle sets", "image: { dockerfile: D, args: { BASE: x } }\ncommand: [t]\n", 1, "is set by bot-bottle"],
    ["a path out of the guest home", `${MINIMAL}files:\n  - { path: ~/../../etc/passwd, content: x }\n`, 4, "may not leave the guest home"],
    ["an absolute path", `${MINIMAL}files:\n  - { path: /etc/passwd, content: x }\n`, 4, "must lie in the guest home"],
    ["the workspace", `${MINIMAL}folders:\n  - { path: ~/workspace/.git/hooks }\n`, 4, "must not lie in ~/workspace"],
    ["our own folder", `${MINIMAL}files:\n  - { path: ~/.bot-bottle/env.sh, content: x }\n`, 4, "must not lie in ~/.bot-bottle"],
    [
      "a source out of its folder",
      `${MINIMAL}files:\n  - { path: ~/a, source: ../../secrets/store.json }\n`,
      4,
      "may not leave the plugin's folder",
    ],
    ["an absolute source", `${MINIMAL}files:\n  - { path: ~/a, source: /etc/shadow }\n`, 4, "must be relative to the plugin's folder"],
    ["a source that is not there", `${MINIMAL}files:\n  - { path: ~/a, source: nosuch }\n`, 4, "nosuch does not exist"],
    ["a Dockerfile that is not there", "image: { dockerfile: nosuch }\ncommand: [t]\n", 1, "nosuch does not exist"],
    ["two contents", `${MINIMAL}files:\n  - { path: ~/a, content: x, json: {} }\n`, 4, "exactly one of content, source and json"],
    ["the same file twice", `${MINIMAL}files:\n  - { path: ~/a, content: x }\n  - { path: ~/a, content: y }\n`, 5, "names ~/a again"],
    ["a mode that YAML reads as another number", `${MINIMAL}files:\n  - { path: ~/a, content: x, mode: 0600 }\n`, 4, "put it in quotes"],
    ["a mode with privileges", `${MINIMAL}files:\n  - { path: ~/a, content: x, mode: "4755" }\n`, 4, "three octal digits"],
    ["a value nobody knows", `${MINIMAL}env: { A: "{{home}}" }\n`, 3, "holds {{home}}, which stands for nothing; known: agent, ca_bundle"],
    ["a value nobody knows, in data", `${MINIMAL}files:\n  - { path: ~/a, json: { a: ["{{secret}}"] } }\n`, 4, "{{secret}}"],
    ["a hidden variable that is not set", `${MINIMAL}hidden_env: [A]\n`, 3, "names A, which env does not set"],
    ["a route to everybody", `${MINIMAL}routes:\n  - { host: "*.com" }\n`, 4, "wildcards are not allowed"],
    ["a route twice", `${MINIMAL}routes:\n  - { host: a.example }\n  - { host: A.example. }\n`, 5, "names a.example again"],
    [
      "the operator's own login",
      `${MINIMAL}routes:\n  - { host: a.example, auth: { scheme: Bearer, token_ref: BOT_BOTTLE_CODEX_HOST_ACCESS_TOKEN } }\n`,
      4,
      "is the operator's own login",
    ],
    [
      "supervise in a file that is no data",
      `${MINIMAL}files:\n  - { path: ~/a, content: x }\nmcp: { path: ~/a, json: {} }\n`,
      5,
      "is not written as json",
    ],
    ["a map nobody may write to", `${MINIMAL}files:\n  - { path: ~/a, json: { __proto__: { a: 1 } } }\n`, 4, '"__proto__" is not allowed'],
    ["aliases", `${MINIMAL}env: &e { A: x }\nhidden_env: *e\n`, 4, "aliases"],
    ["two documents", `${MINIMAL}---\na: b\n`, 3, "more than one YAML document"],
    ["no YAML", "image: [\n", 2, "the YAML is not valid"],
  ];
  test.each(cases)("%s", async (_name, yaml, line, message) => {
    await put("broken/provider.yaml", yaml);
    await put("good/provider.yaml", MINIMAL);
    const { providers, problems } = await load();
    expect(problems[0]).toMatchObject({ file: join(contrib, "broken/provider.yaml"), line });
    expect(problems.map((problem) => problem.message).join("\n")).toContain(message);
    expect([...providers.keys()].toSorted()).toEqual(["claude", "codex", "good", "shell"]);
  });

  test.each([
    ["claude", '"claude" is a built-in provider; give the plugin\'s folder another name'],
    ["shell", '"shell" is a built-in provider'],
    ["My_Tool", "must start with a-z"],
  ])("a folder called %s shadows and confuses nobody", async (name, message) => {
    await put(`${name}/provider.yaml`, MINIMAL);
    const { providers, problems } = await load();
    expect(problems).toMatchObject([{ file: join(contrib, name, "provider.yaml"), message: expect.stringContaining(message) }]);
    expect(providers.get(name)).toBe(builtInProviders.get(name));
  });

  test("links may lead anywhere inside the plugin's folder, and nowhere else", async () => {
    await put("outside.txt", "key");
    await put("tool/real.txt", "ours");
    await symlink("real.txt", join(contrib, "tool/inside"));
    await symlink("../outside.txt", join(contrib, "tool/out"));
    await put("tool/provider.yaml", `${MINIMAL}files:\n  - { path: ~/a, source: inside }\n  - { path: ~/b, source: out }\n`);
    expect((await load()).problems).toMatchObject([{ line: 5, message: "out is a link that leads out of the plugin's folder" }]);
  });

  test("a folder without a declaration, and one that is a folder itself", async () => {
    await mkdir(join(contrib, "empty"));
    await mkdir(join(contrib, "odd/provider.yaml"), { recursive: true });
    expect((await load()).problems.map(({ message }) => message)).toEqual([
      "the plugin's provider.yaml does not exist",
      "the plugin's provider.yaml is not a file",
    ]);
  });

  test("what is no folder, and what is hidden, is no plugin", async () => {
    await put("README.md", "notes");
    await put(".git/config", "");
    expect((await load()).problems).toEqual([]);
  });

  test("ten megabytes are not read", async () => {
    await put("tool/provider.yaml", `# ${"x".repeat(10_000_000)}`);
    expect((await load()).problems).toMatchObject([{ message: expect.stringContaining("at most 1048576 are read") }]);
  });
});

function contentOf({ entries }: ProvisionPlan, path: string): Uint8Array | string {
  const entry = entries.find((each) => each.path === path);
  if (entry?.kind !== "file") throw new Error(`no file ${path}`);
  return entry.content;
}
