import { z } from "zod";
import { AutoRules } from "../domain/auto-rule.ts";
import { StartStep } from "../domain/bottle.ts";
import { Slug, Timestamp, TokenRef } from "../domain/names.ts";
import { ApprovalScope, EgressRequest, Proposal, ProposalRequest } from "../domain/proposal.ts";
import { AuthScheme, Grant, Route, RouteTable } from "../domain/route.ts";
import { method } from "./method.ts";

/** A past request the proposed route would, or would not, have let through. */
export const ReplayedRequest = z.strictObject({
  time: z.string(),
  method: z.string(),
  path: z.string(),
  allowed: z.boolean(),
  reason: z.string(),
  count: z.int(),
});
export const Replay = z.strictObject({ allowed: z.int(), refused: z.int(), requests: z.array(ReplayedRequest) });

/** An earlier decision about much the same, in any bottle. */
export const SimilarDecision = z.strictObject({
  proposalId: z.string(),
  slug: Slug,
  verdict: z.enum(["approved", "rejected"]),
  decidedAt: Timestamp,
  by: z.string(),
  note: z.string(),
  /** What makes it similar, in a few words of ours, e.g. "same host, wider methods". */
  likeness: z.string(),
});

/** What an approval for good can also write to the bottle's manifest. */
export const WriteBackOffer = z.strictObject({
  file: z.string(),
  /** Digest of the file as it is: given back with the approval, so that what was reviewed is what is changed. */
  digest: z.string(),
  before: z.string(),
  after: z.string(),
});

/** A proposal with everything we computed about it (SUP-4). */
export const ProposalView = z.strictObject({
  proposal: Proposal,
  /** What would become possible, in one or two sentences of ours. */
  sentence: z.string(),
  warnings: z.array(z.string()),
  liveRevision: z.int(),
  /** What `before` and `after` are written in. */
  language: z.enum(["yaml", "dockerfile"]),
  /** Live, and as it would be. */
  before: z.string(),
  after: z.string(),
  /** Null where past requests say nothing, e.g. for an image. */
  replay: Replay.nullable(),
  similar: z.array(SimilarDecision),
  /** How long an approval can hold; the first is what is offered. */
  scopes: z.array(z.enum(["for-good", "bottle", "minutes", "requests"])),
  /** Null where nothing can be written back, with the reason. */
  writeBack: WriteBackOffer.nullable(),
  writeBackProblem: z.string().nullable(),
  /** Why it cannot be decided now, e.g. the bottle stopped. */
  blocked: z.string().nullable(),
});
export type ProposalView = z.infer<typeof ProposalView>;

/** An approval under way that takes a while: an image being built, an agent being replaced. */
export const Applying = z.strictObject({
  id: z.string(),
  slug: Slug,
  steps: z.array(StartStep.extend({ name: z.enum(["build", "pause", "create", "copy", "start", "ready"]) })),
  /** The build's latest lines, hostile text. */
  log: z.array(z.string()).max(2000),
  cancellable: z.boolean(),
});
export type Applying = z.infer<typeof Applying>;

/** A route as the operator edits it; everything else of a route that was there stays. */
export const OperatorRoute = EgressRequest.omit({ kind: true }).extend({
  /** Also one that only a provider may name, where its route has it already. */
  auth: z.strictObject({ scheme: AuthScheme, tokenRef: TokenRef }).nullable(),
  websocket: z.boolean(),
  pipelock: Route.shape.pipelock.unwrap(),
});
export type OperatorRoute = z.infer<typeof OperatorRoute>;

export const RouteEdit = z.strictObject({
  slug: Slug,
  routes: z.array(OperatorRoute).max(2000),
  /** Ids of the grants that stay. */
  keptGrants: z.array(z.string()).max(200),
});
export type RouteEdit = z.infer<typeof RouteEdit>;

export const RouteEditView = z.strictObject({
  sentence: z.string(),
  warnings: z.array(z.string()),
  liveRevision: z.int(),
  before: z.string(),
  after: z.string(),
  /** Per route of the edit, by its place: why it cannot be one. */
  problems: z.array(z.strictObject({ index: z.int().min(0), problem: z.string() })),
});

const ProposalId = z.string().max(130);
const Basis = z.strictObject({ id: ProposalId, digest: z.string(), seenRevision: z.int(), note: z.string().max(4000) });
const Empty = z.strictObject({});

export const proposalMethods = {
  "proposals.list": method(Empty, z.array(Proposal)),
  /** `edit` replaces the agent's request, `scope` how long, in everything computed. */
  "proposals.view": method(
    z.strictObject({ id: ProposalId, edit: ProposalRequest.nullable(), scope: ApprovalScope.nullable().default(null) }),
    ProposalView,
  ),
  /** Answers once it is live; a capability once the agent runs on the new image. */
  "proposals.approve": method(
    Basis.extend({
      edit: ProposalRequest.nullable(),
      scope: ApprovalScope,
      /** The digest of the offer that was reviewed; null: the manifest stays as it is. */
      writeBack: z.string().nullable(),
    }),
    z.strictObject({
      proposal: Proposal,
      /** Null where nothing was to be written; `problem`: it is approved and live, and the file was not changed. */
      writeBack: z.strictObject({ file: z.string(), problem: z.string().nullable() }).nullable(),
    }),
  ),
  "proposals.cancel": method(z.strictObject({ id: ProposalId }), Empty),
  "proposals.reject": method(Basis, Proposal),
  /** Goes on past those that cannot be rejected and names them. */
  "proposals.reject-many": method(
    z.strictObject({ items: z.array(Basis).min(1).max(1000) }),
    z.strictObject({ rejected: z.array(z.string()), failed: z.array(z.strictObject({ id: z.string(), problem: z.string() })) }),
  ),
  /** Out of the way, and silent, until then; null wakes them now. */
  "proposals.snooze": method(z.strictObject({ ids: z.array(ProposalId).min(1).max(1000), until: Timestamp.nullable() }), Empty),
  "proposals.snoozed": method(Empty, z.array(z.strictObject({ id: z.string(), until: Timestamp }))),
  "proposals.applying": method(Empty, z.array(Applying)),
  "rules.list": method(Empty, AutoRules),
  /** The whole list; refused where it changed since `seen` was read. */
  "rules.save": method(z.strictObject({ rules: AutoRules, seen: AutoRules }), AutoRules),
  "routes.preview": method(RouteEdit, RouteEditView),
  /** Operator edit (SUP-6): answers once it is live. */
  "routes.set": method(RouteEdit.extend({ seenRevision: z.int(), note: z.string().max(4000) }), RouteTable),
} as const;

export const proposalTopics = {
  /** Only what changed: new ones, changed ones whole, and the ids of those that are gone. `proposals.list` has them all. */
  "proposal-changes": z.strictObject({ changed: z.array(Proposal), gone: z.array(z.string()) }),
  snoozed: z.array(z.strictObject({ id: z.string(), until: Timestamp })),
  /** All that are under way. */
  applying: z.array(Applying),
  rules: AutoRules,
  /** A grant ended by itself. */
  "grant-ended": z.strictObject({ slug: Slug, grant: Grant, why: z.enum(["expired", "used-up"]) }),
  /** Asks the window to show what waits, e.g. from a notification; null: the inbox. */
  "proposal-link": z.strictObject({ id: z.string().nullable() }),
} as const;
