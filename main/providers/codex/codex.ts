import { CODEX_HOST_TOKEN_REF } from "#common/domain/names.ts";
import type { Route } from "#common/domain/route.ts";
import type { GuestEntry } from "../../backends/backend.ts";
import { CA_BUNDLE, SUPERVISE_URL } from "../guest-env.ts";
import type { Provider, ProviderRequest, ProvisionPlan } from "../provider.ts";
import { codexHostLogin } from "./host-login.ts";
import { writeToml } from "./toml.ts";

/** An hour: a proposal waits for a person. */
const MCP_TIMEOUT_SECONDS = 3600;

const HOSTS = ["api.openai.com", "chatgpt.com"] as const;

/** OpenAI's codex command line (PRV-3). */
export const codexProvider: Provider = {
  name: "codex",
  hostLogin: codexHostLogin,
  provision: (request): ProvisionPlan => {
    const home = `${request.guestHome}/.codex`;
    return {
      provider: "codex",
      image: { kind: "built-in", name: "codex" },
      command: ["codex"],
      bypassArgs: ["--dangerously-bypass-approvals-and-sandbox"],
      // The prompt stands in the configuration file: arguments are seen by whoever lists processes.
      promptArgs: [],
      resumeArgs: ["resume", "--last"],
      sessionFiles: `${home}/sessions/*/*/*/*.jsonl`,
      takesMessage: true,
      env: { CODEX_HOME: home, CODEX_CA_CERTIFICATE: CA_BUNDLE },
      hiddenEnvNames: [],
      fixedEnvNames: ["CODEX_HOME", "CODEX_CA_CERTIFICATE"],
      entries: homeFiles(request, home),
      skillsFolder: `${home}/skills`,
      preCopy: [],
      verify: request.hostLogin === null ? [] : [LOGIN_ACCEPTED],
      routes: HOSTS.map((host) => apiRoute(host, request.hostLogin !== null)),
      hostSecrets: request.hostLogin === null ? [] : [CODEX_HOST_TOKEN_REF],
    };
  },
};

const LOGIN_ACCEPTED = { argv: ["codex", "login", "status"], failure: "codex does not accept the login it was given in the bottle" };

/**
 * WebSocket is refused, which the program answers by asking over HTTPS at once: what travels in its frames could be decided
 * on and scanned only as a whole connection, a request can be each time.
 */
function apiRoute(host: string, authenticated: boolean): Route {
  return {
    host,
    methods: null,
    pathAllowlist: [],
    auth: authenticated ? { scheme: "Bearer", tokenRef: CODEX_HOST_TOKEN_REF, inject: "replace" } : null,
    websocket: false,
    strip: { headers: [], queryKeys: [], cookies: [] },
    pipelock: { tlsPassthrough: true, ssrfIpAllowlist: [], allowFindings: [] },
    origin: { kind: "provider", provider: "codex" },
  };
}

function homeFiles(request: ProviderRequest, home: string): GuestEntry[] {
  const login = request.hostLogin;
  return [
    { kind: "folder", path: home, mode: 0o700, owner: "guest" },
    { kind: "file", path: `${home}/config.toml`, mode: 0o600, owner: "guest", content: writeToml(config(request)) },
    ...(login === null
      ? []
      : [{ kind: "file", path: `${home}/auth.json`, mode: 0o600, owner: "guest", content: login.guestFile } as const]),
  ];
}

/** No questions, no calls beside the model's, and nothing that goes on when the terminal does not. */
function config({ guestHome, workdir, supervise, prompt }: ProviderRequest) {
  const trusted = [...new Set([guestHome, workdir])];
  return {
    check_for_update_on_startup: false,
    ...(prompt === "" ? {} : { developer_instructions: prompt }),
    analytics: { enabled: false },
    features: {
      apps: false,
      // Copies itself into CODEX_HOME, four hundred megabytes, and outlives the agent.
      daemon_auto_start: false,
      // A compressed request could not be scanned for credentials on its way out.
      enable_request_compression: false,
      plugins: false,
    },
    projects: Object.fromEntries(trusted.map((folder) => [folder, { trust_level: "trusted" }])),
    ...(supervise ? { mcp_servers: { supervise: { url: SUPERVISE_URL, tool_timeout_sec: MCP_TIMEOUT_SECONDS } } } : {}),
  };
}
