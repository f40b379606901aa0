import { EgressRequest } from "#common/domain/proposal.ts";
import { distinct } from "./distinct.ts";

/** A route as its fields hold it: text as typed, until it is a request again. */
export interface EgressDraft {
  readonly kind: "egress-route";
  readonly host: string;
  readonly anyMethod: boolean;
  readonly methods: string;
  readonly paths: string;
  readonly scheme: "none" | "Bearer" | "token";
  readonly tokenRef: string;
}

export type EgressField = "host" | "methods" | "paths" | "tokenRef";

export function egressDraft(request: EgressRequest): EgressDraft {
  return {
    kind: "egress-route",
    host: request.host,
    anyMethod: request.methods === null,
    methods: request.methods?.join(" ") ?? "",
    paths: request.pathAllowlist.join("\n"),
    scheme: request.auth?.scheme ?? "none",
    tokenRef: request.auth?.tokenRef ?? "",
  };
}

const fieldOf: Record<string, EgressField> = { host: "host", methods: "methods", pathAllowlist: "paths", auth: "tokenRef" };

export type EgressResult = { ok: true; request: EgressRequest } | { ok: false; problems: Partial<Record<EgressField, string>> };

/** The request a draft stands for, or what is wrong with each field. */
export function egressRequest(draft: EgressDraft): EgressResult {
  const parsed = EgressRequest.safeParse({
    kind: "egress-route",
    host: draft.host.trim(),
    methods: draft.anyMethod ? null : distinct(draft.methods.toUpperCase(), /[\s,]+/),
    pathAllowlist: distinct(draft.paths, /\n/),
    auth: draft.scheme === "none" ? null : { scheme: draft.scheme, tokenRef: draft.tokenRef.trim() },
  });
  if (parsed.success) return { ok: true, request: parsed.data };
  const problems: Partial<Record<EgressField, string>> = {};
  for (const issue of parsed.error.issues) {
    const field = fieldOf[String(issue.path[0])];
    if (field) problems[field] ??= fieldProblem(field, issue.message);
  }
  return { ok: false, problems };
}

function fieldProblem(field: EgressField, message: string): string {
  if (field === "host") return "A host name is needed.";
  if (field === "methods") return /capitals|CONNECT/.test(message) ? `Methods: ${message}.` : "Name at least one method, or allow any.";
  if (field === "paths") return `Each path ${message}.`;
  return `The credential's name ${message}.`;
}
