import { z } from "zod";
import type { PipelockRequest } from "#common/domain/proposal.ts";
import type { Checked, InputOutcome } from "./checked-fields.ts";
import { checkHost, checkJustification, describeIssue, Host, Justification, problemsOf, quote } from "./checked-fields.ts";
import { networkProblem } from "./private-network.ts";

const MAX_ENTRIES = 20;
/** Names of content rules as the proxy's refusals give them. */
const FINDING_NAME = /^[a-z0-9][a-z0-9-]{0,99}$/;

/** What `pipelock-block` takes, described for the agent that fills it in. */
export const PipelockBlockInput = z.strictObject({
  host: Host,
  allow_findings: z
    .array(z.string("must be a string").max(100, "is longer than 100 characters"), "must be a list of names")
    .max(MAX_ENTRIES, `lists more than ${MAX_ENTRIES} names`)
    .nullish()
    .describe(
      "Names of the content rules that refused your request though nothing secret is in it; the refusal names them, e.g. [`generic-api-key`].",
    ),
  ssrf_ip_allowlist: z
    .array(z.string("must be a string").max(50, "is longer than an address can be"), "must be a list of addresses")
    .max(MAX_ENTRIES, `lists more than ${MAX_ENTRIES} addresses`)
    .nullish()
    .describe("Private addresses or networks that the host's name leads to, e.g. [`10.20.0.5`], when they were refused."),
  tls_passthrough: z
    .boolean("must be true or false")
    .nullish()
    .describe("Rarely of use: `true` when a further scanner must leave the host's connections alone. The proxy's own scan stays."),
  justification: Justification,
});

/** A request in canonical form out of what an agent sent, or everything that is wrong with it at once. */
export function readPipelockBlock(args: unknown): InputOutcome<PipelockRequest> {
  const parsed = PipelockBlockInput.safeParse(args);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map(describeIssue) };
  const input = parsed.data;
  const host = checkHost(input.host);
  const findings = checkFindings(input.allow_findings ?? []);
  const networks = checkNetworks(input.ssrf_ip_allowlist ?? []);
  const justification = checkJustification(input.justification);
  if (!("value" in host && "value" in findings && "value" in networks && "value" in justification)) {
    return { ok: false, problems: problemsOf([host, findings, networks, justification]) };
  }
  const request = {
    kind: "pipelock",
    host: host.value,
    allowFindings: findings.value,
    ssrfIpAllowlist: networks.value,
    tlsPassthrough: input.tls_passthrough ?? false,
  } as const;
  return asksForNothing(request) ? { ok: false, problems: [NOTHING_ASKED] } : { ok: true, request, justification: justification.value };
}

const NOTHING_ASKED = "arguments: ask for something: allow_findings, ssrf_ip_allowlist or tls_passthrough";

function asksForNothing({ allowFindings, ssrfIpAllowlist, tlsPassthrough }: PipelockRequest): boolean {
  return allowFindings.length === 0 && ssrfIpAllowlist.length === 0 && !tlsPassthrough;
}

function checkFindings(names: readonly string[]): Checked<string[]> {
  const bad = names.find((name) => !FINDING_NAME.test(name));
  // Not repeated: an agent that mistook the field may have put the finding itself there.
  if (bad !== undefined) return { problem: "allow_findings: must hold names of rules as the refusal gives them, such as generic-api-key" };
  return { value: [...new Set(names)].sort() };
}

function checkNetworks(networks: readonly string[]): Checked<string[]> {
  for (const network of networks) {
    const problem = networkProblem(network);
    if (problem !== null) return { problem: `ssrf_ip_allowlist: ${quote(network)} ${problem}` };
  }
  return { value: [...new Set(networks.map((network) => network.toLowerCase()))].sort() };
}
