import { EgressRequest } from "#common/domain/proposal.ts";

/** What the edit form holds: text as typed, until it is a request again. */
export interface EditDraft {
  host: string;
  anyMethod: boolean;
  methods: string;
  paths: string;
  scheme: "none" | "Bearer" | "token";
  tokenRef: string;
}

export function draftOf(request: EgressRequest): EditDraft {
  return {
    host: request.host,
    anyMethod: request.methods === null,
    methods: request.methods?.join(" ") ?? "",
    paths: request.pathAllowlist.join("\n"),
    scheme: request.auth?.scheme ?? "none",
    tokenRef: request.auth?.tokenRef ?? "",
  };
}

function words(text: string, separator: RegExp): string[] {
  return [...new Set(text.split(separator).map((word) => word.trim()))].filter(Boolean);
}

export type DraftField = "host" | "methods" | "paths" | "tokenRef";
export type DraftResult = { ok: true; request: EgressRequest } | { ok: false; problems: Partial<Record<DraftField, string>> };

const fieldOf: Record<string, DraftField> = { host: "host", methods: "methods", pathAllowlist: "paths", auth: "tokenRef" };

/** The request a draft stands for, or what is wrong with each field. */
export function requestOf(draft: EditDraft): DraftResult {
  const parsed = EgressRequest.safeParse({
    kind: "egress-route",
    host: draft.host.trim(),
    methods: draft.anyMethod ? null : words(draft.methods.toUpperCase(), /[\s,]+/),
    pathAllowlist: words(draft.paths, /\n/),
    auth: draft.scheme === "none" ? null : { scheme: draft.scheme, tokenRef: draft.tokenRef.trim() },
  });
  if (parsed.success) return { ok: true, request: parsed.data };
  const problems: Partial<Record<DraftField, string>> = {};
  for (const issue of parsed.error.issues) {
    const field = fieldOf[String(issue.path[0])];
    if (field) problems[field] ??= fieldProblem(field, issue.message);
  }
  return { ok: false, problems };
}

function fieldProblem(field: DraftField, message: string): string {
  if (field === "host") return "A host name is needed.";
  if (field === "methods") return /capitals|CONNECT/.test(message) ? `Methods: ${message}.` : "Name at least one method, or allow any.";
  if (field === "paths") return `Each path ${message}.`;
  return `The credential's name ${message}.`;
}

export function sameRequest(a: EgressRequest, b: EgressRequest): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
