import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { EgressDecision } from "#common/domain/decision.ts";
import type { EgressRequest, Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { Route } from "#common/domain/route.ts";
import type { StartRequest } from "#common/ipc/contract.ts";
import { createDeclarations } from "../../main/app/declared.ts";
import { ManifestDesk } from "../../main/app/manifest-desk.ts";
import type { Services } from "../../main/app/services.ts";
import { createServices } from "../../main/app/services.ts";
import type { Blueprint } from "../../main/bottles/blueprint.ts";
import { SshIdentities } from "../../main/git/ssh-identities.ts";
import { FollowedWorkspaces } from "../../main/manifests/followed-workspaces.ts";
import type { HomePaths } from "../../main/platform/home.ts";
import { homePaths } from "../../main/platform/home.ts";
import { silentLogger } from "../../main/platform/logger.ts";
import { Secret } from "../../main/platform/secret.ts";
import { FakeBackend } from "./fake-backend.ts";

export const NOW = new Date("2026-11-22T12:00:00.000Z");

export interface TestServices extends AsyncDisposable {
  readonly home: HomePaths;
  readonly backend: FakeBackend;
  readonly services: Services;
  /** What the operator's environment holds. */
  readonly secrets: Map<string, string>;
  /** Another client of the same home and engine, as a second process would be. */
  another(): Services;
}

const NO_GATE: Blueprint["gate"] = { repos: [], identities: {}, warnings: [], problems: [] };

/** The use-cases on a home of their own and an engine in memory. */
export async function testServices(
  routes: readonly Route[] = [],
  env: NodeJS.ProcessEnv = {},
  gate: Partial<Blueprint["gate"]> = NO_GATE,
): Promise<TestServices> {
  const home = homePaths({ BOT_BOTTLE_HOME: await mkdtemp(join(tmpdir(), "bot-bottle-unit-")) });
  const backend = new FakeBackend();
  const secrets = new Map<string, string>();
  const declarations = createDeclarations(home);
  const clients: Services[] = [];
  const another = () => {
    const services = createServices({
      home,
      env,
      clock: { now: () => NOW },
      logger: silentLogger,
      backend,
      role: "cli",
      limits: { memoryBytes: 1, cpus: 1, pids: 1 },
      drafting: { draw: async (request) => ({ ...blueprint(request, routes), gate: { ...NO_GATE, ...gate } }) },
      identities: new SshIdentities({
        userHome: home.root,
        resolveSecret: async (ref) => (secrets.has(ref) ? new Secret(secrets.get(ref) ?? "") : null),
      }),
      manifests: {
        declarations,
        desk: new ManifestDesk({ home, userHome: home.root, declarations, workspaces: new FollowedWorkspaces() }),
      },
      resolveSecrets: async (_slug, refs) =>
        Object.fromEntries(refs.flatMap((ref) => (secrets.has(ref) ? [[ref, secrets.get(ref) ?? ""]] : []))),
    });
    clients.push(services);
    return services;
  };
  return {
    home,
    backend,
    secrets,
    services: another(),
    another,
    [Symbol.asyncDispose]: async () => {
      for (const services of clients) await services[Symbol.asyncDispose]();
      await rm(home.root, { recursive: true, force: true });
    },
  };
}

export async function startDemo({ services }: Pick<TestServices, "services">): Promise<string> {
  const start = await services.starter.begin({ agent: "demo", workspace: null }, () => undefined);
  await start.finished;
  return start.slug;
}

function blueprint({ agent, workspace, copyWorkspace = true }: StartRequest, routes: readonly Route[]): Blueprint {
  const image = { ref: "fake:1", build: { dockerfile: "/none", contextDir: "/none", args: {} } };
  return {
    agent,
    bottle: "demo",
    provider: "shell",
    agentImage: image,
    bundleImage: image,
    command: ["sh"],
    replacedCommand: ["sh", "--resumed"],
    env: {},
    envNames: [],
    workdir: "/home/agent",
    entries: [],
    preCopy: [],
    verify: [],
    routes,
    budget: null,
    supervise: true,
    skills: [],
    gitIdentity: null,
    repos: [],
    gate: NO_GATE,
    workspace: workspace === null ? null : { hostPath: workspace, guestPath: "/home/agent/workspace", copied: copyWorkspace },
    prompts: [],
    lackingSecrets: [],
    warnings: [],
    problems: [],
  };
}

export function route(host: string, changes: Partial<Route> = {}): Route {
  return {
    host,
    methods: null,
    pathAllowlist: [],
    auth: null,
    websocket: false,
    strip: { headers: [], queryKeys: [], cookies: [] },
    pipelock: { tlsPassthrough: false, ssrfIpAllowlist: [], allowFindings: [] },
    origin: { kind: "manifest", bottle: "demo" },
    ...changes,
  };
}

export function egressRequest(changes: Partial<EgressRequest> = {}): EgressRequest {
  return { kind: "egress-route", host: "packages.example.org", methods: ["GET"], pathAllowlist: ["/simple/"], auth: null, ...changes };
}

const TOOLS = { "egress-route": "egress-block", pipelock: "pipelock-block", capability: "capability-block" } as const;

export function proposal(slug: string, request: ProposalRequest = egressRequest(), number = 1): Proposal {
  return {
    id: `${slug}.${number}`,
    slug,
    tool: TOOLS[request.kind],
    createdAt: "2026-11-22T12:00:00.000Z",
    status: "pending",
    digest: createHash("sha256").update(canonicalJson(request)).digest("hex"),
    request,
    justification: "need it",
    decision: null,
    failure: null,
  };
}

export function decision(changes: Partial<EgressDecision> = {}): EgressDecision {
  return {
    time: "2026-11-22T12:00:00.000Z",
    host: "packages.example.org",
    port: 443,
    method: "GET",
    path: "/simple/left-pad/",
    verdict: "refused",
    rule: "no-route",
    reason: "no route for packages.example.org",
    revision: 1,
    tokenRef: null,
    bytesUp: 10,
    bytesDown: 20,
    status: 403,
    durationMs: 1,
    ...changes,
  };
}
