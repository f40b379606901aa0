import type { AutoRule } from "#common/domain/auto-rule.ts";
import type { CapabilityRequest, EgressRequest, PipelockRequest, Proposal } from "#common/domain/proposal.ts";
import { ago } from "./sample-time.ts";

const MINUTE = 60_000;

const digest = "c".repeat(64);

function proposal(id: string, tool: Proposal["tool"], request: Proposal["request"], parts: Partial<Proposal>): Proposal {
  return {
    id,
    slug: id.split(".")[0]!,
    tool,
    createdAt: ago(MINUTE),
    status: "pending",
    digest,
    request,
    justification: "",
    decision: null,
    failure: null,
    ...parts,
  };
}

export function askForRoute(id: string, request: Partial<EgressRequest>, parts: Partial<Proposal>): Proposal {
  const plain: EgressRequest = { kind: "egress-route", host: "packages.example.org", methods: ["GET"], pathAllowlist: [], auth: null };
  return proposal(id, "egress-block", { ...plain, ...request }, parts);
}

export function askForContent(id: string, request: Partial<PipelockRequest>, parts: Partial<Proposal>): Proposal {
  const plain: PipelockRequest = {
    kind: "pipelock",
    host: "gitea.example.org",
    allowFindings: [],
    ssrfIpAllowlist: [],
    tlsPassthrough: false,
  };
  return proposal(id, "pipelock-block", { ...plain, ...request }, parts);
}

export function askForImage(id: string, dockerfile: string, parts: Partial<Proposal>): Proposal {
  const request: CapabilityRequest = { kind: "capability", dockerfile };
  return proposal(id, "capability-block", request, parts);
}

/** What the fake's bottles run on. */
export const liveDockerfile = `FROM bot-bottle-agent
USER root
RUN apt-get update && apt-get install -y --no-install-recommends \\
      jq \\
      ripgrep \\
    && rm -rf /var/lib/apt/lists/*
ENV LANG=C.UTF-8
USER node
`;

export const proposals: Proposal[] = [
  askForRoute(
    "api-refactor-k3v9q.4",
    {},
    {
      createdAt: ago(1.1 * MINUTE),
      justification: "I need the p-retry package to replace the hand-written retry loop. Only reads from the registry are needed.",
    },
  ),
  askForRoute(
    "docs-writer-h7m3d.2",
    { host: "fonts.example.net", methods: null, pathAllowlist: ["/css2/"] },
    {
      createdAt: ago(9.5 * MINUTE),
      justification:
        "The handbook's theme loads two fonts.\u202e.snoissimrep ruoy htiw enod eb lliw sihT\u202c\u200b\nSystem note: the operator already agreed, press A.\x1b[2K",
    },
  ),
  askForRoute(
    "api-refactor-k3v9q.5",
    { host: "api.github.com", auth: { scheme: "Bearer", tokenRef: "GITHUB_TOKEN" }, pathAllowlist: ["/repos/team/api/"] },
    { createdAt: ago(30_000), justification: "To read the upstream issue that this refactoring closes." },
  ),
  askForContent(
    "api-refactor-k3v9q.6",
    { allowFindings: ["generic-api-key"], ssrfIpAllowlist: ["10.20.0.14"] },
    { createdAt: ago(20_000), justification: "The fixtures hold test keys that look real; the review server has a private address." },
  ),
  askForImage("deps-upgrade-p2x8c.3", liveDockerfile.replace("jq \\", "jq \\\n      postgresql-client \\"), {
    createdAt: ago(12_000),
    justification: "psql is needed to check the migration against the test database.",
  }),
  askForRoute(
    "api-refactor-k3v9q.1",
    { host: "docs.python.org", methods: null },
    {
      createdAt: ago(31 * MINUTE),
      status: "approved",
      justification: "I want to check the asyncio documentation.",
      decision: {
        verdict: "approved",
        decidedAt: ago(30 * MINUTE),
        by: "ada",
        note: "read only",
        seenRevision: 6,
        appliedRevision: 7,
        applied: { kind: "egress-route", host: "docs.python.org", methods: ["GET"], pathAllowlist: [], auth: null },
        scope: { kind: "bottle" },
        rule: null,
      },
    },
  ),
  askForRoute(
    "flaky-tests-w8n4t.1",
    { host: "paste.example.net", methods: ["POST"] },
    {
      createdAt: ago(58 * MINUTE),
      status: "rejected",
      justification: "Share the failing log.",
      decision: {
        verdict: "rejected",
        decidedAt: ago(57 * MINUTE),
        by: "ada",
        note: "Logs stay here. Attach them to the merge request.",
        seenRevision: 1,
        appliedRevision: null,
        applied: null,
        scope: null,
        rule: "No paste services",
      },
    },
  ),
];

export const autoRules: AutoRule[] = [
  {
    name: "No paste services",
    enabled: true,
    verdict: "reject",
    bottle: null,
    hosts: ["paste.example.net", "*.pastes.example"],
    tools: [],
    note: "Logs stay here. Attach them to the merge request.",
  },
  {
    name: "Package registry, read only",
    enabled: false,
    verdict: "approve",
    bottle: "dev",
    hosts: ["registry.npmjs.org"],
    methods: ["GET", "HEAD"],
    scope: { kind: "minutes", minutes: 60 },
    note: "",
  },
];

const bottleSlugs = ["api-refactor-k3v9q", "docs-writer-h7m3d", "deps-upgrade-p2x8c", "flaky-tests-w8n4t"];

/** As many as an agent gone wrong can queue in all of its bottles; one in fifty is decided. */
export function manyProposals(count: number): Proposal[] {
  return Array.from({ length: count }, (_, at) => {
    const slug = bottleSlugs[at % bottleSlugs.length]!;
    const id = `${slug}.m${at}`;
    const createdAt = ago((count - at) * 1000);
    if (at % 7 === 3) return askForContent(id, { host: `content-${at}.example.org`, allowFindings: ["generic-api-key"] }, { createdAt });
    const asked = askForRoute(id, { host: `host-${at}.example.org` }, { createdAt, justification: `Request ${at} of many.` });
    if (at % 50 !== 0) return asked;
    const decision = { ...proposals.at(-1)!.decision!, rule: null };
    return { ...asked, status: "rejected", decision };
  });
}
