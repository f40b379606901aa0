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
]);
export type EgressRule = z.infer<typeof EgressRule>;

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
});
export type EgressDecision = z.infer<typeof EgressDecision>;
