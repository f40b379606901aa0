import { describe, expect, test } from "vitest";
import { CODEX_HOST_TOKEN_REF } from "#common/domain/names.ts";
import { effectiveBottle } from "#common/manifest/effective-bottle.ts";
import { validateBottle } from "#common/manifest/validate.ts";
import type { GuestEntry } from "../../../../../main/backends/backend.ts";
import { Secret } from "../../../../../main/platform/secret.ts";
import { equipGuest } from "../../../../../main/providers/equip-guest.ts";
import { CA_BUNDLE, SUPERVISE_URL } from "../../../../../main/providers/guest-env.ts";
import { planProvision } from "../../../../../main/providers/plan-provision.ts";
import type { HostLogin } from "../../../../../main/providers/provider.ts";
import { builtInProviders } from "../../../../../main/providers/provider-registry.ts";

const TOKEN = "canary-host-token-83ab";
const LOGIN: HostLogin = { token: new Secret(TOKEN), guestFile: '{"guest":true}\n', warnings: ["it can be read by others"] };

function plan(more: Record<string, unknown> = {}, parts: { prompt?: string; workspace?: string; hostLogin?: HostLogin } = {}) {
  const bottle = validateBottle({ agent_provider: { template: "codex", forward_host_credentials: true }, supervise: true, ...more });
  if (!bottle.ok) throw new Error(JSON.stringify(bottle.findings));
  return planProvision({
    providers: builtInProviders,
    agent: { name: "demo", source: "home", skills: [], gitUser: undefined, prompt: parts.prompt ?? "" },
    bottle: { name: "b", settings: effectiveBottle(bottle.value) },
    workspace: parts.workspace ?? null,
    guestHome: "/home/node",
    baseFolder: "/home/ada/.bot-bottle",
    userHome: "/home/ada",
    hostLogin: parts.hostLogin ?? null,
    timeZone: "Europe/Berlin",
  });
}

function fileOf(entries: readonly GuestEntry[], path: string): string {
  const entry = entries.find((each) => each.path === path);
  if (entry?.kind !== "file") throw new Error(`no file ${path}`);
  return String(entry.content);
}

describe("codex (PRV-3)", () => {
  test("starts without questions, with its prompt in a file, and can go on later", () => {
    const { command, resumeCommand, entries } = plan({}, { prompt: 'Be "brief".\n[projects]' });
    expect(command).toEqual(["codex", "--dangerously-bypass-approvals-and-sandbox"]);
    expect(resumeCommand.slice(3)).toEqual(["/home/node/.codex/sessions/*/*/*/*.jsonl", "2", "resume", "--last", ...command]);
    expect(fileOf(entries, "/home/node/.codex/config.toml")).toContain('\ndeveloper_instructions = "Be \\"brief\\".\\n[projects]"\n');
  });

  test("its configuration trusts home and workdir, knows supervise, and calls nobody else", () => {
    const { entries } = plan({}, { workspace: "/home/ada/project" });
    expect(fileOf(entries, "/home/node/.codex/config.toml")).toBe(`check_for_update_on_startup = false

[analytics]
enabled = false

[features]
apps = false
daemon_auto_start = false
enable_request_compression = false
plugins = false

[projects."/home/node"]
trust_level = "trusted"

[projects."/home/node/workspace"]
trust_level = "trusted"

[mcp_servers.supervise]
url = "${SUPERVISE_URL}"
tool_timeout_sec = 3600
`);
    expect(fileOf(plan({ supervise: false }).entries, "/home/node/.codex/config.toml")).not.toContain("supervise");
  });

  test("its home is not below /tmp, and a bottle's own variables do not move it", () => {
    const provision = plan({ env: { CODEX_HOME: "/tmp/codex" } });
    const { env } = equipGuest(provision, { literals: { CODEX_HOME: "/tmp/codex" }, sealed: new Map() }, "fresh");
    expect(env).toMatchObject({ CODEX_HOME: "/home/node/.codex", CODEX_CA_CERTIFICATE: CA_BUNDLE });
    expect(provision.warnings).toContain("env: bot-bottle sets CODEX_HOME itself; the bottle's value is not used");
    expect(provision.plan.skillsFolder).toBe("/home/node/.codex/skills");
  });

  test("with the operator's login: a file for the guest, the token for egress by name alone, and a check that it is accepted", () => {
    const provision = plan({}, { hostLogin: LOGIN });
    expect(fileOf(provision.entries, "/home/node/.codex/auth.json")).toBe('{"guest":true}\n');
    expect(provision.plan.hostSecrets).toEqual([CODEX_HOST_TOKEN_REF]);
    expect(provision.plan.verify.map(({ argv }) => argv)).toEqual([["codex", "login", "status"]]);
    expect(provision.routes.map(({ host, auth, websocket, pipelock }) => [host, auth, websocket, pipelock.tlsPassthrough])).toEqual(
      ["api.openai.com", "chatgpt.com"].map((host) => [
        host,
        { scheme: "Bearer", tokenRef: CODEX_HOST_TOKEN_REF, inject: "replace" },
        false,
        true,
      ]),
    );
    // It is neither stored nor set by the operator, so it is not asked for; and no plan holds its value.
    expect(provision.tokenRefs).toEqual([]);
    expect(JSON.stringify(provision)).not.toContain(TOKEN);
    expect(provision.warnings).toContain("it can be read by others");
  });

  test("without it: the same hosts, no credential, no file", () => {
    const provision = plan({ agent_provider: { template: "codex" } });
    expect(provision.routes.map(({ host, auth }) => [host, auth])).toEqual([
      ["api.openai.com", null],
      ["chatgpt.com", null],
    ]);
    expect(provision.entries.map(({ path }) => path)).not.toContain("/home/node/.codex/auth.json");
    expect([provision.plan.verify, provision.plan.hostSecrets]).toEqual([[], []]);
  });

  test.each([
    { egress: { routes: [{ host: "evil.example", auth: { scheme: "Bearer", token_ref: CODEX_HOST_TOKEN_REF } }] } },
    { agent_provider: { template: "claude", auth_token: CODEX_HOST_TOKEN_REF } },
  ])("no manifest can borrow the operator's login for another host: %j", (more) => {
    const validated = validateBottle(more);
    expect(validated.ok ? [] : validated.findings.map(({ message }) => message)).toEqual([
      expect.stringContaining("is the operator's own login, which serves the hosts of its provider alone"),
    ]);
  });
});
