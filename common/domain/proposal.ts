import { z } from "zod";
import { FreeTokenRef, Slug, Timestamp } from "./names.ts";
import { AuthScheme, HttpMethod, PathPrefix } from "./route.ts";

/** What `egress-block` asks for; the effect on the live table is computed by us, never taken from here (D9). */
export const EgressRequest = z.strictObject({
  kind: z.literal("egress-route"),
  host: z.string().min(1).max(253),
  methods: z.array(HttpMethod).min(1).nullable(),
  pathAllowlist: z.array(PathPrefix),
  auth: z.strictObject({ scheme: AuthScheme, tokenRef: FreeTokenRef }).nullable(),
});
export type EgressRequest = z.infer<typeof EgressRequest>;

/** What `pipelock-block` asks for: less strictness about the content or the addresses of a host that has a route. */
export const PipelockRequest = z.strictObject({
  kind: z.literal("pipelock"),
  host: z.string().min(1).max(253),
  /** Names of content rules that shall not refuse on this host. */
  allowFindings: z.array(z.string().min(1).max(100)).max(20),
  /** Private addresses or networks that the host may lead to. */
  ssrfIpAllowlist: z.array(z.string().max(50)).max(20),
  /** True: the content is left to egress' own scan. */
  tlsPassthrough: z.boolean(),
});
export type PipelockRequest = z.infer<typeof PipelockRequest>;

/** What `capability-block` asks for: another image for the agent, as a whole Dockerfile. */
export const CapabilityRequest = z.strictObject({
  kind: z.literal("capability"),
  dockerfile: z
    .string()
    .min(1)
    .max(32 * 1024),
});
export type CapabilityRequest = z.infer<typeof CapabilityRequest>;

export const ProposalRequest = z.discriminatedUnion("kind", [EgressRequest, PipelockRequest, CapabilityRequest]);
export type ProposalRequest = z.infer<typeof ProposalRequest>;

/**
 * How long an approval holds. `for-good`: also after the bottle is resumed; `bottle`: until it ends. Only egress routes can be
 * had for minutes or for a number of requests.
 */
export const ApprovalScope = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("for-good") }),
  z.strictObject({ kind: z.literal("bottle") }),
  z.strictObject({
    kind: z.literal("minutes"),
    minutes: z
      .int()
      .min(1)
      .max(7 * 24 * 60),
  }),
  z.strictObject({ kind: z.literal("requests"), requests: z.int().min(1).max(10_000) }),
]);
export type ApprovalScope = z.infer<typeof ApprovalScope>;

export const ProposalTool = z.enum(["egress-block", "pipelock-block", "capability-block", "deploy-apply"]);
export const ProposalStatus = z.enum(["pending", "approved", "rejected", "withdrawn"]);

/** What the operator decided, as answered to the agent and written to the audit log. */
export const ProposalDecision = z.strictObject({
  verdict: z.enum(["approved", "rejected"]),
  decidedAt: Timestamp,
  /** The operator's account name on the machine that decided. */
  by: z.string(),
  note: z.string().max(4000),
  seenRevision: z.int(),
  /** Revision that is live because of this decision; null when rejected. */
  appliedRevision: z.int().nullable(),
  /** What was applied, when approved; differs from the request when the operator edited it. */
  applied: ProposalRequest.nullable(),
  /** How long it holds; null when rejected. */
  scope: ApprovalScope.nullable().default(null),
  /** Name of the auto-decision rule that decided; null when a person did. */
  rule: z.string().max(100).nullable().default(null),
});
export type ProposalDecision = z.infer<typeof ProposalDecision>;

export const Proposal = z.strictObject({
  /** `<slug>.<n>`-like identity, unique over all bottles. */
  id: z.string().regex(/^[a-z0-9-]+\.[a-z0-9]{1,20}$/),
  slug: Slug,
  tool: ProposalTool,
  createdAt: Timestamp,
  status: ProposalStatus,
  /** SHA-256 (hex) of the canonical JSON of `request`: a decision names it, so that what was seen is what is decided. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  request: ProposalRequest,
  /** The agent's words: hostile text, shown inert. */
  justification: z.string().max(4000),
  decision: ProposalDecision.nullable(),
  /** Why the last approval could not be applied; the proposal is open still. Written by us, shown to both sides. */
  failure: z
    .strictObject({ at: Timestamp, message: z.string().max(4000) })
    .nullable()
    .default(null),
});
export type Proposal = z.infer<typeof Proposal>;
