import type { AuditEntry } from "#common/domain/audit.ts";
import type { BottleSummary, StartStep, StartStepName } from "#common/domain/bottle.ts";
import type { Grant, Route } from "#common/domain/route.ts";
import type { ManifestsView } from "#common/ipc/contract.ts";
import { ago } from "./sample-time.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const stepNames: StartStepName[] = ["validate", "image", "networks", "create", "copy", "start", "ready", "attach"];

export function stepsAt(index: number, detail: string | null): StartStep[] {
  return stepNames.map((name, at) => ({
    name,
    state: at < index ? "done" : at === index ? "running" : "waiting",
    detail: at === index ? detail : null,
    durationMs: at < index ? 18 + at * 57 : null,
  }));
}

function bottle(slug: string, parts: Partial<BottleSummary>): BottleSummary {
  return {
    slug,
    agent: slug.slice(0, -6),
    bottle: "dev",
    provider: "claude",
    backend: "docker",
    state: "running",
    startedAt: ago(HOUR),
    workspace: null,
    runtime: "gVisor",
    exitCode: null,
    problem: null,
    pending: 0,
    allowed: 0,
    refused: 0,
    lastRefusal: null,
    link: "connected",
    steps: [],
    ...parts,
  };
}

export const bottles: BottleSummary[] = [
  bottle("deps-upgrade-p2x8c", { startedAt: ago(1.2 * DAY), workspace: "/home/ada/src/site", pending: 1, allowed: 812, refused: 2 }),
  bottle("docs-writer-h7m3d", { startedAt: ago(3.1 * HOUR), workspace: "/home/ada/src/handbook", pending: 1, allowed: 96, refused: 4 }),
  bottle("api-refactor-k3v9q", {
    startedAt: ago(42 * MINUTE),
    workspace: "/home/ada/src/api",
    pending: 4,
    allowed: 371,
    refused: 14,
    lastRefusal: { time: ago(4 * MINUTE), text: "no route for packages.example.org (GET /p-retry)" },
  }),
  bottle("flaky-tests-w8n4t", {
    startedAt: ago(12 * MINUTE),
    provider: "shell",
    workspace: "/home/ada/src/engine",
    allowed: 5,
    refused: 1,
  }),
  bottle("api-refactor-b6c2z", { startedAt: ago(5 * MINUTE), workspace: "/home/ada/src/api" }),
  bottle("demo-a1b2c", {
    bottle: "demo",
    provider: "shell",
    state: "starting",
    startedAt: ago(3000),
    steps: stepsAt(1, "Step 7/14 : RUN apt-get install -y git curl openssh-client socat python3"),
  }),
  bottle("spike-search-r5j6f", { startedAt: ago(2.3 * DAY), state: "exited", exitCode: 0, allowed: 41 }),
  bottle("perf-hunt-z4y8u", {
    startedAt: ago(4.4 * DAY),
    state: "exited",
    exitCode: 137,
    problem: "out of memory",
    allowed: 1044,
    refused: 9,
  }),
];

export function route(host: string, parts: Partial<Route> = {}): Route {
  return {
    host,
    methods: null,
    pathAllowlist: [],
    auth: null,
    websocket: false,
    strip: { headers: [], queryKeys: [], cookies: [] },
    pipelock: { tlsPassthrough: false, ssrfIpAllowlist: [], allowFindings: [] },
    origin: { kind: "manifest", bottle: "dev" },
    ...parts,
  };
}

export function routes(): Route[] {
  return [
    route("api.anthropic.com", {
      auth: { scheme: "Bearer", tokenRef: "CLAUDE_OAUTH", inject: "replace" },
      origin: { kind: "provider", provider: "claude" },
    }),
    route("gitea.example.org", {
      methods: ["GET", "POST"],
      pathAllowlist: ["/api/v1/repos/team/"],
      auth: { scheme: "token", tokenRef: "GITEA_PAT", inject: "always" },
    }),
    route("docs.python.org", { methods: ["GET"], origin: { kind: "proposal", proposalId: "api-refactor-k3v9q.1" } }),
  ];
}

/** One for some minutes, one for some requests. */
export function grants(): Grant[] {
  const granted = { grantedAt: ago(3 * MINUTE), by: "ada" };
  return [
    {
      ...granted,
      id: "api-refactor-k3v9q.2",
      route: route("cdn.example.org", { methods: ["GET"] }),
      limit: { kind: "until", at: ago(-12 * MINUTE) },
    },
    {
      ...granted,
      id: "operator.1",
      route: route("status.example.org", { methods: ["GET"], pathAllowlist: ["/api/"] }),
      limit: { kind: "requests", granted: 10, left: 4 },
    },
  ];
}

export const manifests: ManifestsView = {
  bottles: [
    {
      name: "demo",
      file: "/home/ada/.bot-bottle/bottles/demo.md",
      provider: "shell",
      routes: 1,
      description: "A plain shell with one route.",
    },
    {
      name: "dev",
      file: "/home/ada/.bot-bottle/bottles/dev.md",
      provider: "claude",
      routes: 3,
      description: "Everyday work on the team's repositories.",
    },
  ],
  agents: [
    {
      name: "api-refactor",
      file: "/home/ada/src/api/.bot-bottle/agents/api-refactor.md",
      bottle: "dev",
      source: "workspace",
      prompt: "You refactor the API client.",
    },
    { name: "claude", file: "/home/ada/.bot-bottle/agents/claude.md", bottle: "dev", source: "home", prompt: "" },
    { name: "demo", file: "/home/ada/.bot-bottle/agents/demo.md", bottle: "demo", source: "home", prompt: "" },
    { name: "docs-writer", file: "/home/ada/.bot-bottle/agents/docs-writer.md", bottle: "dev", source: "home", prompt: "" },
  ],
  errors: [
    {
      file: "/home/ada/.bot-bottle/bottles/research.md",
      line: 7,
      column: 1,
      endColumn: 6,
      message: 'unknown key "egres" (did you mean "egress"?); allowed keys: extends, env, agent_provider, git-gate, egress, supervise',
      excerpt: "egres:\n^^^^^",
      severity: "error",
    },
  ],
  warnings: [
    {
      file: "/home/ada/src/api/.bot-bottle/bottles/dev.md",
      line: 1,
      column: 1,
      endColumn: 1,
      message: "ignored: bottles of a workspace are never used, because a repository must not grant itself access",
      excerpt: "",
      severity: "warning",
    },
  ],
};

function audit(index: number, parts: Partial<AuditEntry>): AuditEntry {
  return {
    index,
    time: ago((40 - index) * MINUTE),
    slug: "api-refactor-k3v9q",
    component: "egress",
    subject: `api-refactor-k3v9q.${index}`,
    action: "approved",
    by: "ada",
    note: "",
    before: null,
    after: null,
    previous: index === 0 ? "" : "a7".repeat(32),
    hash: "b3".repeat(32),
    ...parts,
  };
}

export const auditLog: AuditEntry[] = [
  audit(0, { action: "operator-edit", subject: "routes:6", note: "as the project needs it" }),
  audit(1, { note: "read only", before: "routes: []\n", after: "routes:\n  - host: docs.python.org\n    methods: [GET]\n" }),
  audit(0, {
    slug: "flaky-tests-w8n4t",
    component: "proposals",
    action: "rejected",
    subject: "flaky-tests-w8n4t.1",
    note: "Logs stay here. Attach them to the merge request.",
  }),
  audit(2, { action: "grant-ended", by: "bot-bottle", note: "Its time was over." }),
];
