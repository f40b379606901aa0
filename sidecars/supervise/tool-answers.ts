import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { EgressRequest, Proposal } from "#common/domain/proposal.ts";
import type { Route, RouteTable } from "#common/domain/route.ts";

/** What tools say, to a reader that acts on the text and to a program that reads the structure; both say the same. */
export function answer(text: string, structured: Record<string, unknown>): CallToolResult {
  return { content: [{ type: "text", text }], structuredContent: structured };
}

export function refusedAnswer(tool: string, problems: readonly string[]): CallToolResult {
  const text = `${tool} was not filed. Put this right and call it again:\n${problems.map((problem) => `- ${problem}`).join("\n")}`;
  return { ...answer(text, { status: "invalid", problems }), isError: true };
}

export function alreadyAllowedAnswer(host: string, revision: number): CallToolResult {
  return answer(
    `status: already-allowed\nWhat you ask for is allowed already (revision ${revision}): send your request to https://${host}/ now.`,
    {
      status: "already-allowed",
      revision,
    },
  );
}

export function unknownProposalAnswer(id: string): CallToolResult {
  const text = `There is no proposal ${JSON.stringify(id.slice(0, 80))} here. Use the proposal_id that egress-block answered, or the id of a held push.`;
  return { ...answer(text, { status: "unknown" }), isError: true };
}

/** Where a proposal stands, and what the agent should do about it. */
export function proposalAnswer(proposal: Proposal): CallToolResult {
  const { decision } = proposal;
  if (decision === null) return pendingAnswer(proposal);
  return decision.verdict === "approved" ? approvedAnswer(proposal, decision) : rejectedAnswer(proposal, decision);
}

function pendingAnswer({ id }: Proposal): CallToolResult {
  return answer(
    [
      "status: pending",
      `proposal_id: ${id}`,
      "The operator has not decided yet; the proposal stays queued. Go on with work that does not need it, and ask with",
      `proposal-status (id: ${id}) later. Do not try to reach the host by other ways: everything else is refused too.`,
    ].join("\n"),
    { status: "pending", proposal_id: id },
  );
}

function approvedAnswer(proposal: Proposal, decision: NonNullable<Proposal["decision"]>): CallToolResult {
  const applied = decision.applied ?? proposal.request;
  const edited = canonicalJson(applied) !== canonicalJson(proposal.request);
  const egress = applied.kind === "egress-route" ? applied : null;
  return answer(
    [
      "status: approved",
      `proposal_id: ${proposal.id}`,
      `${edited ? "The operator changed the request before approving it. Allowed now" : "Allowed now"}: ${egress === null ? applied.kind : describeRequest(egress)}.`,
      ...(egress?.auth == null ? [] : ["The proxy adds the credential to your requests: send none of your own."]),
      ...note(decision.note),
    ].join("\n"),
    {
      status: "approved",
      proposal_id: proposal.id,
      edited,
      note: decision.note,
      revision: decision.appliedRevision,
      allowed: {
        host: egress?.host,
        methods: egress?.methods,
        path_allowlist: egress?.pathAllowlist,
        auth_scheme: egress?.auth?.scheme ?? null,
      },
    },
  );
}

function rejectedAnswer(proposal: Proposal, decision: NonNullable<Proposal["decision"]>): CallToolResult {
  return answer(
    [
      "status: rejected",
      `proposal_id: ${proposal.id}`,
      "The operator rejected it. Do not file the same request again; find another way to do the task, or say that it cannot be done.",
      ...note(decision.note),
    ].join("\n"),
    { status: "rejected", proposal_id: proposal.id, note: decision.note },
  );
}

/** The live table as the agent may know it: neither token values nor their refs (EGR-8). */
export function routesAnswer(table: RouteTable): CallToolResult {
  const lines = table.routes.map((route) => `- ${describeRoute(route)}`);
  const text = [
    `revision: ${table.revision}`,
    ...(lines.length === 0 ? ["No host is allowed."] : lines),
    "Everything else is refused; ask with egress-block.",
  ];
  return answer(text.join("\n"), {
    revision: table.revision,
    routes: table.routes.map((route) => ({
      host: route.host,
      methods: route.methods,
      path_allowlist: route.pathAllowlist,
      auth_scheme: route.auth?.scheme ?? null,
      websocket: route.websocket,
    })),
  });
}

function describeRoute(route: Route): string {
  const auth = route.auth === null ? "" : ` [auth:${route.auth.scheme}, added by the proxy]`;
  return `${describeScope(route)}${auth}${route.websocket ? " [websocket]" : ""}`;
}

function describeRequest(request: EgressRequest): string {
  return `${describeScope(request)}${request.auth === null ? "" : ` [auth:${request.auth.scheme}]`}`;
}

function describeScope({ host, methods, pathAllowlist }: Pick<Route, "host" | "methods" | "pathAllowlist">): string {
  const paths = pathAllowlist.length === 0 ? "every path" : pathAllowlist.join(", ");
  return `https://${host} ${methods === null ? "every method" : methods.join(", ")}, ${paths}`;
}

export function note(text: string): string[] {
  return text === "" ? [] : [`Operator's note: ${text}`];
}
