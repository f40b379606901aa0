import { PipelockRequest } from "#common/domain/proposal.ts";
import { distinct } from "./distinct.ts";

/** What of a host's content and addresses is let be, as its fields hold it. */
export interface PipelockDraft {
  readonly kind: "pipelock";
  readonly host: string;
  readonly findings: string;
  readonly addresses: string;
  readonly passthrough: boolean;
}

export type PipelockField = "host" | "findings" | "addresses";

export function pipelockDraft(request: PipelockRequest): PipelockDraft {
  return {
    kind: "pipelock",
    host: request.host,
    findings: request.allowFindings.join(" "),
    addresses: request.ssrfIpAllowlist.join("\n"),
    passthrough: request.tlsPassthrough,
  };
}

const fieldOf: Record<string, PipelockField> = { host: "host", allowFindings: "findings", ssrfIpAllowlist: "addresses" };

const problemOf: Record<PipelockField, string> = {
  host: "A host name is needed.",
  findings: "At most 20 names of content rules, of 100 characters each.",
  addresses: "At most 20 addresses or networks, one a line.",
};

export type PipelockResult = { ok: true; request: PipelockRequest } | { ok: false; problems: Partial<Record<PipelockField, string>> };

/** The request a draft stands for, or what is wrong with each field. */
export function pipelockRequest(draft: PipelockDraft): PipelockResult {
  const parsed = PipelockRequest.safeParse({
    kind: "pipelock",
    host: draft.host.trim(),
    allowFindings: distinct(draft.findings, /[\s,]+/),
    ssrfIpAllowlist: distinct(draft.addresses, /[\s,]+/),
    tlsPassthrough: draft.passthrough,
  });
  if (parsed.success) return { ok: true, request: parsed.data };
  const problems: Partial<Record<PipelockField, string>> = {};
  for (const issue of parsed.error.issues) {
    const field = fieldOf[String(issue.path[0])];
    if (field) problems[field] ??= problemOf[field];
  }
  return { ok: false, problems };
}
