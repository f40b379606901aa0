import { z } from "zod";
import { dockerfileProblems } from "#common/domain/agent-dockerfile.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { CapabilityRequest, PipelockRequest } from "#common/domain/proposal.ts";
import { EgressRequest, ProposalRequest } from "#common/domain/proposal.ts";
import { pathPrefixFault } from "#common/manifest/path-prefix.ts";
import { routeHost } from "#common/manifest/route-host.ts";

/** A request in canonical form, checked by the rules that manifests and supervise follow; the operator's edits pass here too. */
export function checkedRequest<R extends ProposalRequest>(request: R): R {
  return checkedAny(request) as R;
}

/** The request as asked, or as the operator edited it; an edit stays of its kind. */
export function requestOf(asked: ProposalRequest, edit: ProposalRequest | null): ProposalRequest {
  if (edit !== null && edit.kind !== asked.kind) throw wrong(`it asks for another kind of change (${asked.kind})`);
  return checkedRequest(edit ?? asked);
}

function checkedAny(request: ProposalRequest): ProposalRequest {
  switch (request.kind) {
    case "egress-route":
      return checkedEgress(request);
    case "pipelock":
      return checkedPipelock(request);
    case "capability":
      return checkedCapability(request);
  }
}

function checkedEgress(request: EgressRequest): EgressRequest {
  for (const prefix of request.pathAllowlist) {
    const fault = pathPrefixFault(prefix);
    if (fault !== null) throw wrong(`the path ${prefix} ${fault}`);
  }
  const parsed = parsedBy(EgressRequest, { ...request, host: hostOf(request.host) });
  return {
    ...parsed,
    methods: parsed.methods === null ? null : unique(parsed.methods),
    pathAllowlist: unique(parsed.pathAllowlist),
  };
}

const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
/** Names of content rules as egress has them; anything else would silently lift nothing. */
const FINDING_NAME = /^[a-z0-9][a-z0-9-]*$/;

/** What egress calls a credential that it injects itself, wherever an agent got hold of it. */
const OWN_CREDENTIAL = "injected-secret";

function checkedPipelock(request: PipelockRequest): PipelockRequest {
  const host = hostOf(request.host);
  for (const network of request.ssrfIpAllowlist) {
    if (!Network.safeParse(network).success) throw wrong(`${network} is not an IP address or a network such as 10.0.0.0/8`);
  }
  for (const name of request.allowFindings) {
    if (!FINDING_NAME.test(name)) throw wrong(`${name} is not the name of a content rule`);
    if (name === OWN_CREDENTIAL) throw wrong(`${name} stands for the bottle's own credentials, which nothing lets pass`);
  }
  const { allowFindings, ssrfIpAllowlist } = parsedBy(ProposalRequest, request) as PipelockRequest;
  return { ...request, host, allowFindings: unique(allowFindings), ssrfIpAllowlist: unique(ssrfIpAllowlist) };
}

function checkedCapability(request: CapabilityRequest): CapabilityRequest {
  const [problem] = dockerfileProblems(request.dockerfile);
  if (problem !== undefined) throw wrong(problem);
  return parsedBy(ProposalRequest, request) as CapabilityRequest;
}

/** One spelling of a host, or why it is not one (MAN-6). */
function hostOf(text: string): string {
  const host = routeHost(text);
  if (!host.ok) throw wrong(host.reason);
  return host.host;
}

function parsedBy<S extends z.ZodType>(schema: S, request: unknown): z.output<S> {
  const parsed = schema.safeParse(request);
  if (!parsed.success) throw wrong(parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; "));
  return parsed.data;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function wrong(reason: string): OperatorError {
  return new OperatorError("bad-input", {
    message: `This cannot be applied: ${reason}`,
    hint: "Edit the request, or reject it with a note",
  });
}
