import { z } from "zod";
import { ManifestName } from "./names.ts";
import { ApprovalScope, ProposalTool } from "./proposal.ts";
import { HttpMethod } from "./route.ts";

/** A host name, or `*.example.org` for every name below it. */
const HostPattern = z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/, "must be a host such as api.example.org, or *.example.org");

const common = {
  /** What the operator calls it; told to the agent and written to the audit log. */
  name: z.string().trim().min(1).max(60),
  enabled: z.boolean(),
  /** Bottle by its manifest's name. */
  bottle: ManifestName.nullable(),
  hosts: z.array(HostPattern).max(100),
  /** Answered to the agent. */
  note: z.string().max(1000),
};

/**
 * Decides proposals without the operator; none exists until the operator makes one. A rule sees only what we computed, never the
 * agent's words, and an approval needs narrow facts: one bottle, named hosts, named methods, no credential.
 */
export const AutoRule = z.discriminatedUnion("verdict", [
  z.strictObject({
    ...common,
    verdict: z.literal("reject"),
    /** Empty: every tool. */
    tools: z.array(ProposalTool),
  }),
  z.strictObject({
    ...common,
    verdict: z.literal("approve"),
    bottle: ManifestName,
    hosts: common.hosts.min(1, "must name at least one host"),
    methods: z.array(HttpMethod).min(1, "must name at least one method"),
    scope: ApprovalScope,
  }),
]);
export type AutoRule = z.infer<typeof AutoRule>;
/** Tried in order; the first that matches decides. Names are unique. */
export const AutoRules = z.array(AutoRule).max(200);
