import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StartRequest } from "#common/ipc/contract.ts";
import { createDeclarations } from "../../../../main/app/declared.ts";
import { createDrafting } from "../../../../main/app/drafting.ts";
import type { Blueprint } from "../../../../main/bottles/blueprint.ts";
import { SshIdentities } from "../../../../main/git/ssh-identities.ts";
import { systemClock } from "../../../../main/platform/clock.ts";
import { homePaths } from "../../../../main/platform/home.ts";
import { HostLogins } from "../../../../main/providers/host-logins.ts";
import { builtInProviders } from "../../../../main/providers/provider-registry.ts";
import { OperatorEnv } from "../../../../main/secrets/operator-env.ts";
import { createSecretSource } from "../../../../main/secrets/secret-source.ts";
import { SecretStore } from "../../../../main/secrets/secret-store.ts";
import { FakeBackend } from "../../../support/fake-backend.ts";
import { hostileLogin } from "../../../support/providers/codex-login.ts";

const image = (ref: string) => ({ ref, build: { dockerfile: "/none", contextDir: "/none", args: {} } });
const NEXT_YEAR = Math.floor(Date.now() / 1000) + 31_536_000;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bot-bottle-drafting-"));
  await put("home/bottles/shell.md", "---\nagent_provider: { template: shell }\n---\n");
  await put("home/bottles/claude.md", "---\nagent_provider: { template: claude }\n---\n");
  await put("home/bottles/codex.md", "---\nagent_provider: { template: codex, forward_host_credentials: true }\n---\n");
  await put("home/agents/demo.md", "---\nbottle: shell\n---\n");
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text, { mode: 0o600 });
}

async function draw(request: Partial<StartRequest> = {}): Promise<Blueprint> {
  const home = homePaths({ BOT_BOTTLE_HOME: join(root, "home") });
  const env = new OperatorEnv({}, null);
  const keepers = { keychain: async () => null, keyring: async () => null };
  const store = new SecretStore({ path: join(root, "store.json"), clock: systemClock, keepers, askPassphrase: null });
  const secrets = createSecretSource(store, env);
  const userHome = join(root, "user");
  const drafting = createDrafting({
    home,
    hostLogins: new HostLogins({ providers: builtInProviders, userHome, clock: systemClock, env: async () => ({}) }),
    loadDeclared: (workspace) => createDeclarations(home).load(workspace),
    env,
    secrets,
    identities: new SshIdentities({ userHome, resolveSecret: (ref) => secrets.resolve(ref) }),
    userHome,
    backend: new FakeBackend(),
    agentImages: async () => ({ agent: image("agent:1"), claude: image("claude:1"), codex: image("codex:1") }),
    bundleImage: async () => image("bundle:1"),
    ask: null,
  });
  return drafting.draw({ agent: "demo", workspace: null, ...request });
}

const paths = ({ entries }: Blueprint): string[] => entries.map(({ path }) => path);

describe("the bottle that is chosen at the start (BTL-1)", () => {
  it("is the agent's own where none is", async () => {
    expect(await draw({ bottle: null })).toMatchObject({ agent: "demo", bottle: "shell", provider: "shell" });
  });

  it("takes the place of the agent's own, with its provider", async () => {
    const blueprint = await draw({ bottle: "claude" });
    expect(blueprint).toMatchObject({ agent: "demo", bottle: "claude", provider: "claude", agentImage: { ref: "claude:1" } });
  });

  it("is the operator's choice, also for an agent that a repository brought", async () => {
    await put("project/.bot-bottle/agents/demo.md", "---\nbottle: shell\n---\n");
    expect(await draw({ workspace: join(root, "project"), bottle: "claude" })).toMatchObject({ bottle: "claude" });
  });

  it("is refused with the names where there is no such bottle, and with the place where it is broken", async () => {
    await expect(draw({ bottle: "nosuch" })).rejects.toMatchObject({
      code: "not-found",
      message: "There is no bottle nosuch",
      hint: "Bottles: claude, codex, shell",
    });
    await put("home/bottles/bad.md", "---\nenv: { A: 1 }\n---\n");
    await expect(draw({ bottle: "bad" })).rejects.toMatchObject({
      code: "manifest-invalid",
      message: expect.stringMatching(/bottles\/bad\.md:2: env\.A must be text/),
    });
  });
});

describe("the operator's own login (PRV-3)", () => {
  it("is a problem with the next step where it cannot be forwarded, and nothing of it is drawn", async () => {
    const blueprint = await draw({ bottle: "codex" });
    expect(blueprint.problems).toEqual([
      expect.stringMatching(/auth\.json\) cannot be forwarded: it does not exist\. .*`codex login --device-auth`/),
    ]);
    expect(paths(blueprint)).not.toContain("/home/agent/.codex/auth.json");
  });

  it("is in the blueprint by name alone", async () => {
    const login = hostileLogin({ accountId: "acct-1", expires: NEXT_YEAR });
    await put("user/.codex/auth.json", login.text);
    const blueprint = await draw({ bottle: "codex" });
    expect([blueprint.problems, blueprint.lackingSecrets]).toEqual([[], []]);
    expect(paths(blueprint).some((path) => path.endsWith("/.codex/auth.json"))).toBe(true);
    for (const secret of login.secrets) expect(JSON.stringify(blueprint)).not.toContain(secret);
  });
});

describe("skills (MAN-3)", () => {
  it("are copied from the home, then from Claude Code's own, into the provider's folder", async () => {
    await put("home/skills/review/SKILL.md", "s");
    await put("user/.claude/skills/plan/SKILL.md", "s");
    await put("home/agents/demo.md", "---\nbottle: claude\nskills: [review, plan]\n---\n");
    const blueprint = await draw();
    expect(blueprint.problems).toEqual([]);
    const skills = paths(blueprint).filter((path) => path.endsWith("/SKILL.md"));
    expect(skills.map((path) => path.split("/").slice(-4).join("/"))).toEqual([
      ".claude/skills/review/SKILL.md",
      ".claude/skills/plan/SKILL.md",
    ]);
  });

  it("that are missing stand in the way, with both places", async () => {
    await put("home/agents/demo.md", "---\nbottle: claude\nskills: [nosuch]\n---\n");
    expect((await draw()).problems).toEqual([
      `there is no skill nosuch: looked for a folder ${root}/home/skills/nosuch, then ${root}/user/.claude/skills/nosuch`,
    ]);
  });

  it("of a repository's agent are the operator's own, and that is said", async () => {
    await put("home/skills/review/SKILL.md", "s");
    await put("project/.bot-bottle/agents/demo.md", "---\nbottle: claude\nskills: [review]\n---\n");
    await put("project/.bot-bottle/skills/review/SKILL.md", "the project's");
    await put("project/skills/review/SKILL.md", "the project's");
    const blueprint = await draw({ workspace: join(root, "project") });
    expect(blueprint.warnings).toContain("the agent demo of the workspace gets copies of your own skills: review");
    expect(JSON.stringify(blueprint.entries.map((entry) => ("content" in entry ? String(entry.content) : "")))).not.toContain(
      "the project's",
    );
  });
});

describe("a provider without code (PRV-6)", () => {
  const DECLARATION =
    "image: { dockerfile: Dockerfile, args: { V: '1' } }\ncommand: [tool]\nverify: [{ command: [tool, -V], failure: no tool }]\n";

  it("is what a bottle may name, with an image built on the one of the built-in providers", async () => {
    await put("home/contrib/tool/provider.yaml", DECLARATION);
    await put("home/contrib/tool/Dockerfile", "ARG BASE\nFROM $BASE\n");
    await put("home/bottles/tool.md", "---\nagent_provider: { template: tool }\n---\n");
    const blueprint = await draw({ bottle: "tool" });
    expect(blueprint).toMatchObject({
      provider: "tool",
      command: ["tool"],
      verify: [{ argv: ["tool", "-V"], failure: "no tool" }],
      agentImage: { build: { args: { V: "1" }, base: { ref: "agent:1" }, contextDir: join(root, "home/contrib/tool") } },
    });
  });

  it("that is broken is nobody's, and its file says why", async () => {
    await put("home/contrib/tool/provider.yaml", "command: []\n");
    await put("home/bottles/tool.md", "---\nagent_provider: { template: tool }\n---\n");
    const { manifests } = await createDeclarations(homePaths({ BOT_BOTTLE_HOME: join(root, "home") })).load(null);
    expect(manifests.errors.map(({ file, message }) => [file.slice(root.length), message])).toEqual([
      ["/home/bottles/tool.md", expect.stringContaining('there is no provider "tool"')],
      ["/home/contrib/tool/provider.yaml", "image is required"],
      ["/home/contrib/tool/provider.yaml", "command must name a program"],
    ]);
    expect(manifests.agents.map(({ name }) => name)).toEqual(["demo"]);
  });
});

describe("a Dockerfile of the operator's (MAN-4)", () => {
  const uses = (path: string) => put("home/bottles/shell.md", `---\nagent_provider: { template: shell, dockerfile: ${path} }\n---\n`);

  it("is built from the folder it lies in", async () => {
    await put("home/images/dev/Dockerfile", "FROM scratch\n");
    await uses("images/dev/Dockerfile");
    expect((await draw()).agentImage.build.contextDir).toBe(join(root, "home/images/dev"));
  });

  it.each([
    ["the home of bot-bottle, with its secrets and state", "home/Dockerfile", "./Dockerfile"],
    ["the operator's whole home", "user/Dockerfile", "~/Dockerfile"],
    ["a folder above both", "Dockerfile", "../Dockerfile"],
  ])("is refused where that is %s: all of it would go to the engine", async (_case, file, path) => {
    await put("user/.ssh/id_ed25519", "private");
    await put(file, "FROM scratch\n");
    await uses(path);
    await expect(draw()).rejects.toMatchObject({
      code: "manifest-invalid",
      message: expect.stringContaining(`${join(root, file)} cannot be built: an image is built from its Dockerfile's whole folder`),
      hint: expect.stringContaining(join(root, "home/images/NAME/Dockerfile")),
    });
  });

  it("that a link leads to such a folder is refused too", async () => {
    await put("home/Dockerfile", "FROM scratch\n");
    await symlink(join(root, "home"), join(root, "elsewhere"));
    await uses("../elsewhere/Dockerfile");
    await expect(draw()).rejects.toMatchObject({ code: "manifest-invalid" });
  });

  it("that is not there is named", async () => {
    await uses("images/nosuch/Dockerfile");
    await expect(draw()).rejects.toMatchObject({
      code: "manifest-invalid",
      message: `The Dockerfile ${join(root, "home/images/nosuch/Dockerfile")}, or something beside it, cannot be read (ENOENT)`,
    });
  });
});

describe("an agent that is not there", () => {
  it("is not taken for a bottle of the name that has errors", async () => {
    await put("home/bottles/nosuch.md", "---\nsupervise: perhaps\n---\n");
    await expect(draw({ agent: "nosuch" })).rejects.toMatchObject({ code: "not-found", message: "There is no agent nosuch" });
  });

  it("and one with errors says which", async () => {
    await put("home/agents/nosuch.md", "---\nbottle: [1]\n---\n");
    await expect(draw({ agent: "nosuch" })).rejects.toMatchObject({
      code: "manifest-invalid",
      message: `${join(root, "home/agents/nosuch.md")}:2: bottle must be text, not a list`,
    });
  });
});
