import type { EgressRequest, Proposal } from "#common/domain/proposal.ts";
import type { Route } from "#common/domain/route.ts";
import type { ProposalView } from "#common/ipc/contract.ts";
import { ago } from "./sample-data.ts";

function yamlOf(routes: readonly Pick<Route, "host" | "methods" | "pathAllowlist" | "auth">[]): string {
  const lines = routes.flatMap((route) => [
    `  - host: ${route.host}`,
    ...(route.methods ? [`    methods: [${route.methods.join(", ")}]`] : []),
    ...(route.pathAllowlist.length > 0 ? [`    path_allowlist: [${route.pathAllowlist.join(", ")}]`] : []),
    ...(route.auth ? [`    auth: { scheme: ${route.auth.scheme}, token_ref: ${route.auth.tokenRef} }`] : []),
  ]);
  return `routes:\n${lines.join("\n")}\n`;
}

function sentence(slug: string, request: EgressRequest): string {
  const what = request.methods ? request.methods.join(" and ") : "send and get";
  const where =
    request.pathAllowlist.length > 0 ? `below ${request.pathAllowlist.join(", ")} at ${request.host}` : `anything at ${request.host}`;
  const auth = request.auth ? ` with ${request.auth.tokenRef}` : "";
  return `${slug} could ${what} ${where}${auth}. Data could still leave in a path or query.`;
}

/** Stands for main's computation: same shape, much simpler. */
export function computedView(
  proposal: Proposal,
  edit: EgressRequest | null,
  live: { revision: number; routes: readonly Route[] },
): ProposalView {
  const request = edit ?? proposal.request;
  const get = request.methods === null || request.methods.includes("GET");
  const put = request.methods === null || request.methods.includes("PUT");
  return {
    proposal,
    sentence: sentence(proposal.slug, request),
    warnings: request.auth ? [`${request.auth.tokenRef} would be sent to ${request.host}, where it was never used before.`] : [],
    liveRevision: live.revision,
    before: yamlOf(live.routes),
    after: yamlOf([...live.routes, { ...request, auth: request.auth ? { ...request.auth, inject: "always" } : null }]),
    replay: {
      allowed: (get ? 12 : 0) + (put ? 2 : 0),
      refused: 14 - (get ? 12 : 0) - (put ? 2 : 0),
      requests: [
        { time: ago(250_000), method: "GET", path: "/p-retry", allowed: get, reason: "method", count: 12 },
        { time: ago(1_350_000), method: "PUT", path: "/-/package/p-retry/dist-tags", allowed: put, reason: "method", count: 2 },
      ],
    },
    blocked: null,
  };
}
