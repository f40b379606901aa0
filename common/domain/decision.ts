import { z } from "zod";
import { Timestamp, TokenRef } from "./names.ts";

/** Why egress let a request pass or not; the refusal text and the panel name it. */
export const EgressRule = z.enum([
  "route",
  "no-route",
  "port",
  "method",
  "path",
  "path-encoding",
  "host-mismatch",
  "sni-mismatch",
  "tls-required",
  "websocket",
  "malformed-request",
  "credential-missing",
  "route-revoked",
  "address-refused",
  "upstream-unreachable",
  "upstream-certificate",
  "upstream-answer",
  "limit",
  /** The content holds what looks like a credential (DLP-2). */
  "dlp",
  /** The day's budget is spent. */
  "budget",
  /** The operator cut the credential off. */
  "credential-cut",
  /** pipelock refused. */
  "pipelock",
]);
export type EgressRule = z.infer<typeof EgressRule>;

/** A credential-shaped string in a request, as far as it may be told: never the string. */
export const ContentFinding = z.strictObject({
  /** Name of the rule, e.g. `github-pat`. */
  rule: z.string().max(100),
  part: z.enum(["path", "query", "header", "body"]),
  /** Where in that part, e.g. the field's name; hostile text. */
  place: z.string().max(200),
  /** What stood there with all but a few characters blotted out. */
  excerpt: z.string().max(200),
});
export type ContentFinding = z.infer<typeof ContentFinding>;

/** Tokens that a model's API says an answer cost. */
export const TokenUsage = z.strictObject({
  model: z.string().max(100),
  input: z.int().min(0),
  output: z.int().min(0),
  cacheRead: z.int().min(0),
  cacheWrite: z.int().min(0),
});
export type TokenUsage = z.infer<typeof TokenUsage>;

/** One answered or refused request (EGR-7). Query values in `path` are redacted before the event is made. */
export const EgressDecision = z.strictObject({
  time: Timestamp,
  host: z.string(),
  port: z.int(),
  method: z.string(),
  path: z.string(),
  verdict: z.enum(["allowed", "refused", "failed"]),
  rule: EgressRule,
  /** One sentence for the operator, e.g. "no route for packages.example.org". */
  reason: z.string(),
  revision: z.int(),
  /** Name of the credential injected, never its value. */
  tokenRef: TokenRef.nullable(),
  bytesUp: z.int(),
  bytesDown: z.int(),
  /** Status sent to the agent; null when the connection ended before one. */
  status: z.int().nullable(),
  durationMs: z.number(),
  /** The grant that let it pass; absent where a permanent route did. */
  grantId: z.string().max(130).optional(),
  /** What was caught; absent where nothing was. */
  finding: ContentFinding.optional(),
  /** Absent where the answer told of no tokens. */
  usage: TokenUsage.optional(),
  /** Absent for HTTP/1.1. */
  protocol: z.enum(["h2", "websocket"]).optional(),
});
export type EgressDecision = z.infer<typeof EgressDecision>;
