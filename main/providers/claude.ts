import type { Route } from "#common/domain/route.ts";
import type { GuestEntry } from "../backends/backend.ts";
import { SUPERVISE_URL } from "./guest-env.ts";
import type { Provider, ProviderRequest, ProvisionPlan } from "./provider.ts";

/** What the command line holds in place of a token; egress replaces it on the way out. */
const PLACEHOLDER = "egress-placeholder";

/** An hour: a proposal waits for a person, and the client's own default would give up on it. */
const MCP_TIMEOUT_MS = 3_600_000;

/** Claude Code (PRV-2). */
export const claudeProvider: Provider = {
  name: "claude",
  provision: (request): ProvisionPlan => ({
    provider: "claude",
    image: { kind: "built-in", name: "claude" },
    command: ["claude"],
    bypassArgs: ["--dangerously-skip-permissions"],
    promptArgs: request.promptFile === null ? [] : ["--append-system-prompt-file", request.promptFile],
    // The prompt's file moves along in the home, so the conversation's snapshot of it is still right.
    resumeArgs: ["--continue"],
    sessionFiles: `${request.guestHome}/.claude/projects/${request.workdir.replace(/[^A-Za-z0-9]/g, "-")}/*.jsonl`,
    takesMessage: true,
    env: {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: "1",
      DISABLE_ERROR_REPORTING: "1",
      ...(request.settings.auth_token === undefined ? {} : { CLAUDE_CODE_OAUTH_TOKEN: PLACEHOLDER }),
    },
    hiddenEnvNames: request.settings.auth_token === undefined ? [] : ["CLAUDE_CODE_OAUTH_TOKEN"],
    fixedEnvNames: [],
    entries: configFiles(request),
    skillsFolder: `${request.guestHome}/.claude/skills`,
    preCopy: [],
    verify: [],
    routes: [apiRoute(request.settings.auth_token)],
    hostSecrets: [],
  }),
};

/** Some of its calls carry no Authorization on purpose: only the placeholder is replaced. */
function apiRoute(tokenRef: string | undefined): Route {
  return {
    host: "api.anthropic.com",
    methods: null,
    pathAllowlist: [],
    auth: tokenRef === undefined ? null : { scheme: "Bearer", tokenRef, inject: "replace" },
    websocket: false,
    strip: { headers: [], queryKeys: [], cookies: [] },
    pipelock: { tlsPassthrough: true, ssrfIpAllowlist: [], allowFindings: [] },
    origin: { kind: "provider", provider: "claude" },
  };
}

/** Settings that skip what only a person can answer: onboarding, folder trust and the warning about its bypass mode. */
function configFiles({ guestHome, workdir, supervise }: ProviderRequest): GuestEntry[] {
  const trusted = [...new Set([guestHome, workdir])];
  const config = {
    hasCompletedOnboarding: true,
    theme: "dark",
    bypassPermissionsModeAccepted: true,
    fullscreenUpsellSeenCount: 3,
    projects: Object.fromEntries(trusted.map((folder) => [folder, { hasTrustDialogAccepted: true }])),
    mcpServers: supervise ? { supervise: { type: "http", url: SUPERVISE_URL, timeout: MCP_TIMEOUT_MS, alwaysLoad: true } } : {},
  };
  return [
    jsonFile(`${guestHome}/.claude.json`, config),
    { kind: "folder", path: `${guestHome}/.claude`, mode: 0o700, owner: "guest" },
    jsonFile(`${guestHome}/.claude/settings.json`, { skipDangerousModePermissionPrompt: true }),
  ];
}

function jsonFile(path: string, value: unknown): GuestEntry {
  return { kind: "file", path, mode: 0o600, owner: "guest", content: `${JSON.stringify(value, null, 2)}\n` };
}
