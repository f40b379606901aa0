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
  applied: EgressRequest.nullable(),
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
  request: EgressRequest,
  /** The agent's words: hostile text, shown inert. */
  justification: z.string().max(4000),
  decision: ProposalDecision.nullable(),
});
export type Proposal = z.infer<typeof Proposal>;
