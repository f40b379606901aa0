import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Route } from "#common/domain/route.ts";
import { effectiveBottle } from "#common/manifest/effective-bottle.ts";
import { validateBottle } from "#common/manifest/validate.ts";
import type { GuestEntry } from "../../../../main/backends/backend.ts";
import { Secret } from "../../../../main/platform/secret.ts";
import { equipGuest } from "../../../../main/providers/equip-guest.ts";
import type { ProvisionRequest } from "../../../../main/providers/plan-provision.ts";
import { planProvision } from "../../../../main/providers/plan-provision.ts";
import { builtInProviders } from "../../../../main/providers/provider-registry.ts";

function plan(frontmatter: unknown, parts: { agent?: Partial<ProvisionRequest["agent"]>; workspace?: string } = {}) {
  const bottle = validateBottle(frontmatter);
  if (!bottle.ok) throw new Error(JSON.stringify(bottle.findings));
  return planProvision({
    providers: builtInProviders,
    agent: { name: "demo", source: "home", skills: [], gitUser: undefined, prompt: "", ...parts.agent },
    bottle: { name: "b", settings: effectiveBottle(bottle.value) },
    workspace: parts.workspace ?? null,
    guestHome: "/home/node",
    baseFolder: "/home/ada/.bot-bottle",
    userHome: "/home/ada",
    hostLogin: null,
    timeZone: "Europe/Berlin",
  });
}

function fileOf(entries: readonly GuestEntry[], path: string): string {
  const entry = entries.find((each) => each.path === path);
  if (entry?.kind !== "file") throw new Error(`no file ${path}`);
  return String(entry.content);
}

const shell = { agent_provider: { template: "shell" } };
const NOTHING = { literals: {}, sealed: new Map<string, Secret>() };

describe("shell (PRV-5)", () => {
  test("is a login shell with a prompt that names the agent, and reaches nothing of its own", () => {
    const provision = plan(shell);
    expect(provision.command).toEqual(["bash", "-l"]);
    expect(provision.routes).toEqual([]);
    expect(provision.tokenRefs).toEqual([]);
    expect(provision.image).toEqual({ kind: "built-in", name: "agent" });
    expect(fileOf(provision.entries, "/home/node/.bashrc")).toContain("demo");
  });
});

describe("claude (PRV-2)", () => {
  const withToken = { agent_provider: { auth_token: "CLAUDE_TOKEN" }, supervise: true };

  test("starts without questions and can go on later, where there is a conversation", () => {
    const { command, resumeCommand } = plan(withToken, { agent: { prompt: "Be brief." } });
    const fresh = ["claude", "--dangerously-skip-permissions", "--append-system-prompt-file", "/home/node/.bot-bottle/prompt.md"];
    expect(command).toEqual(fresh);
    const sessions = "/home/node/.claude/projects/-home-node/*.jsonl";
    expect(resumeCommand.slice(3)).toEqual([sessions, "1", "--continue", ...fresh]);
  });

  test("its configuration skips onboarding, trusts home and workdir, and knows supervise", () => {
    const { entries } = plan(withToken, { workspace: "/home/ada/project", agent: { prompt: "Be brief." } });
    expect(JSON.parse(fileOf(entries, "/home/node/.claude.json"))).toEqual({
      hasCompletedOnboarding: true,
      theme: "dark",
      bypassPermissionsModeAccepted: true,
      fullscreenUpsellSeenCount: 3,
      projects: { "/home/node": { hasTrustDialogAccepted: true }, "/home/node/workspace": { hasTrustDialogAccepted: true } },
      mcpServers: { supervise: { type: "http", url: "http://supervise:9100/mcp", timeout: 3600000, alwaysLoad: true } },
    });
    expect(JSON.parse(fileOf(entries, "/home/node/.claude/settings.json"))).toEqual({ skipDangerousModePermissionPrompt: true });
    expect(fileOf(entries, "/home/node/.bot-bottle/prompt.md")).toBe("Be brief.\n");
  });

  test("without supervise no server is registered", () => {
    const { entries, fixedEnv } = plan({});
    expect(JSON.parse(fileOf(entries, "/home/node/.claude.json")).mcpServers).toEqual({});
    expect(fixedEnv).not.toHaveProperty("MCP_SUPERVISE_URL");
  });

  test("with a token: placeholder inside, the real one injected where the placeholder is sent", () => {
    const provision = plan(withToken);
    expect(provision.routes).toMatchObject([
      {
        host: "api.anthropic.com",
        auth: { scheme: "Bearer", tokenRef: "CLAUDE_TOKEN", inject: "replace" },
        pipelock: { tlsPassthrough: true },
      },
    ]);
    expect(provision.tokenRefs).toEqual(["CLAUDE_TOKEN"]);
    expect(equipGuest(provision, NOTHING, "fresh").env).toMatchObject({
      CLAUDE_CODE_OAUTH_TOKEN: "egress-placeholder",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_ERROR_REPORTING: "1",
    });
    expect(provision.envNames).not.toContain("CLAUDE_CODE_OAUTH_TOKEN");
  });

  test("without one: no auth, no placeholder", () => {
    const provision = plan({});
    expect(provision.routes[0]?.auth).toBeNull();
    expect(equipGuest(provision, NOTHING, "fresh").env).not.toHaveProperty("CLAUDE_CODE_OAUTH_TOKEN");
  });
});

describe("routes (PRV-7)", () => {
  const provision = plan({
    agent_provider: { auth_token: "T" },
    egress: {
      routes: [
        {
          host: "a.example",
          auth: { scheme: "token", token_ref: "T" },
          path_allowlist: ["/v1/"],
          methods: ["GET"],
          strip: { query_keys: ["key"] },
        },
        { host: "API.anthropic.com", methods: ["GET"] },
        { host: "b.example", auth: { scheme: "Bearer", token_ref: "U" }, websocket: true, pipelock: { ssrf_ip_allowlist: ["10.0.0.0/8"] } },
      ],
    },
  });

  test("the provider's come first and own their hosts; all know where they come from", () => {
    expect(provision.routes.map(({ host, origin }) => [host, origin.kind])).toEqual([
      ["api.anthropic.com", "provider"],
      ["a.example", "manifest"],
      ["b.example", "manifest"],
    ]);
    for (const route of provision.routes) expect(Route.parse(route)).toEqual(route);
  });

  test("a shadowed one is reported", () => {
    expect(provision.warnings).toEqual([
      "the route to api.anthropic.com in the bottle b has no effect: the provider's own route to that host is used",
    ]);
  });

  test("one slot per token ref", () => {
    expect(provision.tokenRefs).toEqual(["T", "U"]);
  });
});

describe("every guest", () => {
  test("knows its way out, its CA and its sidecars", () => {
    const { env } = equipGuest(plan({ ...shell, supervise: true }), NOTHING, "fresh");
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) expect(env[name]).toBe("http://egress:9099");
    for (const name of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"]) expect(env[name]).toBe("/etc/ssl/certs/ca-certificates.crt");
    expect(env.NO_PROXY).toBe("egress,supervise,git-gate,pipelock,localhost,127.0.0.1,::1");
    expect(env.MCP_SUPERVISE_URL).toBe("http://supervise:9100/mcp");
  });

  test("has its own variables, but not in place of those that bot-bottle sets", () => {
    const provision = plan({ ...shell, env: { TERM: "dumb", HTTPS_PROXY: "http://evil", MINE: "1" } });
    const { env } = equipGuest(
      provision,
      { literals: { TERM: "dumb", HTTPS_PROXY: "http://evil", MINE: "1" }, sealed: new Map() },
      "fresh",
    );
    expect(env).toMatchObject({ TERM: "dumb", HTTPS_PROXY: "http://egress:9099", MINE: "1" });
    expect(provision.warnings).toEqual(["env: bot-bottle sets HTTPS_PROXY itself; the bottle's value is not used"]);
    expect(provision.envNames).toEqual(["HTTPS_PROXY", "MINE", "TERM"]);
  });

  test("works in its home, or in the workspace that was copied in (ENV-4)", () => {
    expect(plan(shell).workspace).toEqual({ hostPath: null, guestPath: "/home/node/workspace", workdir: "/home/node" });
    expect(plan(shell, { workspace: "/p" }).workspace).toEqual({
      hostPath: "/p",
      guestPath: "/home/node/workspace",
      workdir: "/home/node/workspace",
    });
  });

  test("commits as the agent's identity over the bottle's, per field (MAN-8)", () => {
    const bottle = { ...shell, "git-gate": { user: { name: 'Ada "the" \\ Bot', email: "ada@example.org" } } };
    const provision = plan(bottle, { agent: { gitUser: { email: "bot@example.org" } } });
    expect(provision.gitIdentity).toBe('Ada "the" \\ Bot <bot@example.org>');
    const folder = mkdtempSync(join(tmpdir(), "gitconfig-"));
    try {
      const file = join(folder, "config");
      writeFileSync(file, fileOf(provision.entries, "/home/node/.gitconfig"));
      const read = (key: string) => execFileSync("git", ["config", "--file", file, key], { encoding: "utf8" });
      expect([read("user.name"), read("user.email")]).toEqual(['Ada "the" \\ Bot\n', "bot@example.org\n"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("an email alone still lets git commit, by the name that it says (MAN-5)", () => {
    const provision = plan({ ...shell, "git-gate": { user: { email: "bot@example.org" } } });
    expect(fileOf(provision.entries, "/home/node/.gitconfig")).toContain('[user]\n\tname = "bot"\n\temail = "bot@example.org"\n');
  });
});

describe("prompted and interpolated values (ENV-1, ENV-3)", () => {
  const CANARY = `canary'"$(id)\\\n\`x\``;
  const provision = plan({ ...shell, env: { KEY: "?Key", TERM: "?Terminal" } });
  const equipped = equipGuest(
    provision,
    {
      literals: {},
      sealed: new Map([
        ["KEY", new Secret(CANARY)],
        ["TERM", new Secret("t")],
      ]),
    },
    "fresh",
  );

  test("are neither in argv nor in what the engine shows of the container", () => {
    expect(JSON.stringify([equipped.command, equipped.env])).not.toContain("canary");
    expect(equipped.env).not.toHaveProperty("TERM");
  });

  test("reach the program exactly as they are", () => {
    const path = "/home/node/.bot-bottle/env.sh";
    const folder = mkdtempSync(join(tmpdir(), "sealed-"));
    try {
      const file = join(folder, "env.sh");
      writeFileSync(file, fileOf(equipped.entries, path));
      const [program = "", ...args] = equipped.command.map((each) => (each === path ? file : each));
      const print = [...args.slice(0, -2), "printenv", "KEY"];
      expect(execFileSync(program, print, { encoding: "utf8" })).toBe(`${CANARY}\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("their file is the guest's alone", () => {
    expect(
      equipped.entries.filter(({ path }) => /\.bot-bottle(\/env\.sh)?$/.test(path)).map(({ path, mode, owner }) => [path, mode, owner]),
    ).toEqual([
      ["/home/node/.bot-bottle", 0o700, "guest"],
      ["/home/node/.bot-bottle/env.sh", 0o600, "guest"],
    ]);
  });

  test("no file is named twice", () => {
    const { entries } = equipGuest(
      plan(shell, { agent: { prompt: "p" } }),
      { literals: {}, sealed: new Map([["K", new Secret("v")]]) },
      "fresh",
    );
    expect(new Set(entries.map(({ path }) => path)).size).toBe(entries.length);
  });
});

describe("what the operator would not expect is said before the start", () => {
  test("how dollars of a budget are counted (MAN-6)", () => {
    expect(plan({ ...shell, egress: { budget: { usd_per_day: 1 } } }).warnings).toEqual([
      expect.stringMatching(/list prices of 20\d\d-\d\d; a model whose price is not known counts as the dearest/),
    ]);
    expect(plan({ ...shell, egress: { budget: { tokens_per_day: 1 } } }).warnings).toEqual([]);
  });

  test("skills, and an agent that a repository brought", () => {
    expect(plan(shell, { agent: { skills: ["review"], source: "workspace" } }).warnings).toEqual([
      "the agent demo is defined by the workspace, not by your own manifests",
      "the agent demo of the workspace gets copies of your own skills: review",
    ]);
  });

  test("repositories are listed with host and port (BTL-1)", () => {
    expect(plan({ ...shell, "git-gate": { repos: { a: { url: "ssh://git@h.example/a.git", identity: "K" } } } }).repos).toEqual([
      "a → h.example:22",
    ]);
  });
});

test.each([
  ["Dockerfile", "/home/ada/.bot-bottle/Dockerfile"],
  ["~/images/Dockerfile", "/home/ada/images/Dockerfile"],
  ["/srv/Dockerfile", "/srv/Dockerfile"],
])("the bottle's own image %s (MAN-4)", (dockerfile, path) => {
  expect(plan({ agent_provider: { template: "shell", dockerfile } }).image).toEqual({ kind: "dockerfile", path, args: {}, base: "node" });
});

test("an unknown provider is an error that lists the known ones", () => {
  expect(() => plan({ agent_provider: { template: "nosuch" } })).toThrow(
    expect.objectContaining({
      code: "manifest-invalid",
      message: 'there is no provider "nosuch"',
      hint: "Known providers: claude, codex, shell",
    }),
  );
});

describe("MAN-6: the day's budget", () => {
  test("is as declared, in the operator's time zone, and a limit stops unless it says otherwise", () => {
    const rest = { timeZone: "Europe/Berlin" };
    expect(plan(shell).budget).toBeNull();
    expect(plan({ ...shell, egress: { budget: { tokens_per_day: 5000 } } }).budget).toEqual({
      tokensPerDay: 5000,
      usdPerDay: null,
      onLimit: "stop",
      ...rest,
    });
    expect(plan({ ...shell, egress: { budget: { usd_per_day: 2.5, on_limit: "warn" } } }).budget).toEqual({
      tokensPerDay: null,
      usdPerDay: 2.5,
      onLimit: "warn",
      ...rest,
    });
  });
});
