import type { ApprovalScope, EgressRequest, PipelockRequest, Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { Grant, Route, RouteTable } from "#common/domain/route.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import { yamlOf } from "./routes-as-text.ts";
import { route } from "./sample-data.ts";
import { ago } from "./sample-time.ts";

export interface Asked {
  readonly proposal: Proposal;
  readonly request: ProposalRequest;
  readonly scope: ApprovalScope;
  readonly live: RouteTable;
  /** The Dockerfile that its bottle runs on. */
  readonly image: string;
}

/** The table as an approval leaves it. */
export function appliedTable({ proposal, request, scope, live }: Omit<Asked, "image">): Pick<RouteTable, "routes" | "grants"> {
  if (request.kind === "capability") return live;
  if (request.kind === "pipelock") return { ...live, routes: live.routes.map((each) => relaxed(each, request)) };
  const wanted = routeOf(request, live);
  if (scope.kind === "minutes" || scope.kind === "requests")
    return { ...live, grants: [...live.grants, grantOf(proposal.id, wanted, scope)] };
  return { ...live, routes: [...live.routes.filter(({ host }) => host !== request.host), wanted] };
}

function relaxed(each: Route, { host, kind: _kind, ...pipelock }: PipelockRequest): Route {
  return each.host === host ? { ...each, pipelock } : each;
}

function routeOf(request: EgressRequest, live: RouteTable): Route {
  const { kind: _kind, auth, ...asked } = request;
  const known = live.routes.find(({ host }) => host === request.host) ?? route(request.host);
  return { ...known, ...asked, auth: auth ? { ...auth, inject: "always" } : null };
}

function grantOf(id: string, granted: Route, scope: Extract<ApprovalScope, { kind: "minutes" | "requests" }>): Grant {
  const limit: Grant["limit"] =
    scope.kind === "minutes"
      ? { kind: "until", at: ago(-scope.minutes * 60_000) }
      : { kind: "requests", granted: scope.requests, left: scope.requests };
  return { id, route: granted, limit, grantedAt: ago(0), by: "ada" };
}

function sentenceOf({ proposal: { slug }, request, scope }: Asked): string {
  if (request.kind === "capability")
    return `The agent of ${slug} would go on, until the bottle ends, on an image built from this Dockerfile. Its lines may run as root.`;
  if (request.kind === "pipelock")
    return `${slug} could send ${request.host} what looks like ${request.allowFindings.join(" or ") || "nothing more than now"}.`;
  const what = request.methods ? request.methods.join(" and ") : "send and get";
  const where =
    request.pathAllowlist.length > 0 ? `below ${request.pathAllowlist.join(", ")} at ${request.host}` : `anything at ${request.host}`;
  const auth = request.auth ? ` with ${request.auth.tokenRef}` : "";
  return `${slug} could ${what} ${where}${auth}${spanOf(scope)}. Data could still leave in a path or query.`;
}

function spanOf(scope: ApprovalScope): string {
  if (scope.kind === "minutes") return ` for ${scope.minutes} minutes`;
  if (scope.kind === "requests") return ` for ${scope.requests} requests`;
  return scope.kind === "bottle" ? " until the bottle ends" : " for good";
}

function warningsOf({ request }: Asked): string[] {
  if (request.kind === "capability")
    return ["While it is built, its commands reach the whole internet, and whatever network the engine is in."];
  if (request.kind === "pipelock") return request.ssrfIpAllowlist.map((address) => `${address} is an address of your own network.`);
  const auth = request.auth ? [`${request.auth.tokenRef} would be sent to ${request.host}, where it was never used before.`] : [];
  return request.host.includes("xn--") ? [...auth, `${request.host} is written in letters that look like others.`] : auth;
}

function replayOf(request: EgressRequest): ProposalView["replay"] {
  const get = request.methods === null || request.methods.includes("GET");
  const put = request.methods === null || request.methods.includes("PUT");
  return {
    allowed: (get ? 12 : 0) + (put ? 2 : 0),
    refused: 14 - (get ? 12 : 0) - (put ? 2 : 0),
    requests: [
      { time: ago(250_000), method: "GET", path: "/p-retry", allowed: get, reason: "method", count: 12 },
      { time: ago(1_350_000), method: "PUT", path: "/-/package/p-retry/dist-tags", allowed: put, reason: "method", count: 2 },
    ],
  };
}

function similarTo({ proposal, request }: Asked): ProposalView["similar"] {
  if (request.kind !== "egress-route" || !proposal.id.startsWith("api-refactor-k3v9q.")) return [];
  const decided = { slug: proposal.slug, decidedAt: ago(86_400_000), by: "ada" } as const;
  return [
    { ...decided, proposalId: "api-refactor-k3v9q.1", verdict: "approved", note: "read only", likeness: "same bottle, same methods" },
    { ...decided, proposalId: "flaky-tests-w8n4t.1", verdict: "rejected", note: "", likeness: "same host, narrower methods" },
  ];
}

const imageStays = "for good, keep the Dockerfile in a folder of your own and name it under agent_provider.dockerfile.";
const manifest = "---\nagent_provider:\n  name: claude\negress:\n  routes:\n    - host: gitea.example.org\n---\nEveryday work.\n";

function writeBackOf({ request, scope }: Asked): Pick<ProposalView, "writeBack" | "writeBackProblem"> {
  if (request.kind === "capability") return { writeBack: null, writeBackProblem: imageStays };
  if (request.kind === "pipelock") return { writeBack: null, writeBackProblem: null };
  if (scope.kind !== "for-good") return { writeBack: null, writeBackProblem: null };
  const after = manifest.replace("gitea.example.org\n", `gitea.example.org\n    - host: ${request.host}\n`);
  return {
    writeBack: { file: "/home/ada/.bot-bottle/bottles/dev.md", digest: "e".repeat(64), before: manifest, after },
    writeBackProblem: null,
  };
}

/** As `main/proposals/scopes.ts` offers them. */
function scopesOf({ kind }: ProposalRequest): ProposalView["scopes"] {
  if (kind === "capability") return ["bottle"];
  return kind === "pipelock" ? ["bottle", "for-good"] : ["bottle", "minutes", "requests", "for-good"];
}

/** Stands for main's computation: same shape, much simpler. */
export function computedView(asked: Asked): ProposalView {
  const { proposal, request, live } = asked;
  const image = request.kind === "capability";
  return {
    proposal,
    sentence: sentenceOf(asked),
    warnings: warningsOf(asked),
    liveRevision: live.revision,
    language: image ? "dockerfile" : "yaml",
    before: image ? asked.image : yamlOf(live),
    after: image ? request.dockerfile : yamlOf(appliedTable(asked)),
    replay: request.kind === "egress-route" ? replayOf(request) : null,
    similar: similarTo(asked),
    scopes: scopesOf(request),
    ...writeBackOf(asked),
    blocked: null,
  };
}
