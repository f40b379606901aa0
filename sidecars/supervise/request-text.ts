import type { PipelockRequest, ProposalRequest } from "#common/domain/proposal.ts";
import type { GrantLimit, Route } from "#common/domain/route.ts";

/** What a request asks for, in one phrase for the agent; neither token values nor their refs (EGR-8). */
export function describeRequest(request: ProposalRequest): string {
  switch (request.kind) {
    case "egress-route":
      return `${describeReach(request)}${request.auth === null ? "" : ` [auth:${request.auth.scheme}]`}`;
    case "pipelock":
      return `at https://${request.host}, ${leniencies(request).join("; ")}`;
    case "capability":
      return "the image that your Dockerfile builds";
  }
}

/** The same for a program that reads it. */
export function shownRequest(request: ProposalRequest): Record<string, unknown> {
  switch (request.kind) {
    case "egress-route":
      return {
        host: request.host,
        methods: request.methods,
        path_allowlist: request.pathAllowlist,
        auth_scheme: request.auth?.scheme ?? null,
      };
    case "pipelock":
      return {
        host: request.host,
        allow_findings: request.allowFindings,
        ssrf_ip_allowlist: request.ssrfIpAllowlist,
        tls_passthrough: request.tlsPassthrough,
      };
    case "capability":
      return { dockerfile: request.dockerfile };
  }
}

function leniencies({ allowFindings, ssrfIpAllowlist, tlsPassthrough }: PipelockRequest): string[] {
  return [
    ...(allowFindings.length === 0 ? [] : [`content that these rules find: ${allowFindings.join(", ")}`]),
    ...(ssrfIpAllowlist.length === 0 ? [] : [`the addresses ${ssrfIpAllowlist.join(", ")}`]),
    ...(tlsPassthrough ? ["connections that the second scanner leaves alone"] : []),
  ];
}

export function describeReach({ host, methods, pathAllowlist }: Pick<Route, "host" | "methods" | "pathAllowlist">): string {
  const paths = pathAllowlist.length === 0 ? "every path" : pathAllowlist.join(", ");
  return `https://${host} ${methods === null ? "every method" : methods.join(", ")}, ${paths}`;
}

/** What ends an allowance, and how near that is. */
export function limitText(limit: GrantLimit): string {
  switch (limit.kind) {
    case "life":
      return "until this sandbox ends";
    case "until":
      return `until ${limit.at}`;
    case "requests":
      return `${limit.left} of ${limit.granted} ${limit.granted === 1 ? "request" : "requests"} left`;
  }
}
