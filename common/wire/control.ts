import { z } from "zod";
import { DaemonHealth, DaemonName } from "../domain/bottle.ts";
import { EgressDecision } from "../domain/decision.ts";
import { HeldPush, PushDecision, PushFile, PushRecord, RepoName, RepoStatus } from "../domain/git.ts";
import { Slug, TokenRef } from "../domain/names.ts";
import { ApprovalScope, Proposal, ProposalDecision, ProposalRequest } from "../domain/proposal.ts";
import { Grant, RouteTable } from "../domain/route.ts";

/**
 * The control channel between a panel or command line (client) and one bundle (D6, SID-3). Frames as in frame-codec.ts.
 * The client speaks first with `hello`; the bundle answers `hello` and `ready`, or `refused` and closes. Every request
 * carries an `id` and is answered by one `done` or `failed` once its effect is live. Unknown fields in are dropped,
 * unknown types are refused.
 */
export const CONTROL_PROTOCOL = 1;

const RequestId = z.int().min(1);

export const ClientHello = z.object({
  type: z.literal("hello"),
  protocol: z.int(),
  buildId: z.string(),
  slug: Slug,
  role: z.enum(["panel", "cli"]),
  /** Events after this sequence number are sent, kept ones first; null subscribes to nothing. */
  since: z.int().min(0).nullable(),
});

/** New routes in place of the live ones; refused as `stale` unless `seenRevision` is the live revision. */
export const SetRoutes = z.object({
  type: z.literal("set-routes"),
  id: RequestId,
  seenRevision: z.int(),
  routes: RouteTable.shape.routes,
  grants: RouteTable.shape.grants,
  by: z.string(),
  note: z.string().max(4000),
});

/** Credentials that the operator has cut off: no request gets them until they are let back in. Survives a bundle restart. */
export const CredentialCuts = z.strictObject({ all: z.boolean(), refs: z.array(TokenRef).max(200) });
export type CredentialCuts = z.infer<typeof CredentialCuts>;
export const SetCuts = z.object({ type: z.literal("set-cuts"), id: RequestId, cuts: CredentialCuts, by: z.string() });

/**
 * Keeps a pending proposal for this client while it carries an approval out (a build takes minutes): others' decisions are
 * refused as `conflict` meanwhile. Given back by `held: false`, by the decision, and with the client's connection.
 */
export const ClaimProposal = z.object({
  type: z.literal("claim-proposal"),
  id: RequestId,
  proposalId: z.string(),
  digest: z.string(),
  held: z.boolean(),
});

/** An approval could not be applied: the proposal stays open, and the agent is told why. */
export const ReportFailure = z.object({
  type: z.literal("report-failure"),
  id: RequestId,
  proposalId: z.string(),
  digest: z.string(),
  message: z.string().max(4000),
});

/** Adds or replaces credentials in memory; a null value removes one. */
export const SetSecrets = z.object({ type: z.literal("set-secrets"), id: RequestId, values: z.record(TokenRef, z.string().nullable()) });

/**
 * One-shot decision of a pending proposal. An approval carries the whole table as the operator saw it computed; the bundle
 * stores decision and table together, applies, and only then answers agent and client. `stale` when the revision moved,
 * `conflict` when the proposal is decided or its digest differs.
 */
export const Decide = z.object({
  type: z.literal("decide"),
  id: RequestId,
  proposalId: z.string(),
  digest: z.string(),
  seenRevision: z.int(),
  by: z.string(),
  note: z.string().max(4000),
  /** Name of the auto-decision rule; null where a person decided. */
  rule: z.string().max(100).nullable().default(null),
  outcome: z.discriminatedUnion("verdict", [
    z.object({
      verdict: z.literal("approved"),
      /** The whole table as it shall be; unchanged where a capability was approved. */
      routes: RouteTable.shape.routes,
      grants: RouteTable.shape.grants,
      applied: ProposalRequest,
      scope: ApprovalScope,
    }),
    z.object({ verdict: z.literal("rejected") }),
  ]),
});

/** SSH keys for repositories, into an ssh-agent with a time limit: never on disk (SSH-4). A null key is forgotten at once. */
export const SetKeys = z.object({
  type: z.literal("set-keys"),
  id: RequestId,
  keys: z.record(RepoName, z.object({ privateKey: z.string().max(64 * 1024), lifetimeSeconds: z.int().min(1) }).nullable()),
});

/** One-shot decision of a held push; `forwarded` is answered once the upstream has the refs, or `apply-failed` with its reason. */
export const DecidePush = z.object({
  type: z.literal("decide-push"),
  id: RequestId,
  pushId: z.string().max(130),
  digest: z.string(),
  by: z.string(),
  note: z.string().max(4000),
  verdict: z.enum(["forwarded", "refused"]),
  /** Must name every finding of the push when it is forwarded. */
  allowedFindings: z.array(z.string().max(2048)).max(100),
});

/** What a held push changes; answered by `push-diff`. */
export const ReadPush = z.object({ type: z.literal("read-push"), id: RequestId, pushId: z.string().max(130) });
/** Fetches from the upstream now; `done` once the gate's refs are the upstream's. */
export const RefreshRepo = z.object({ type: z.literal("refresh-repo"), id: RequestId, repo: RepoName });

export const RestartDaemon = z.object({ type: z.literal("restart"), id: RequestId, daemon: DaemonName });
export const Shutdown = z.object({ type: z.literal("shutdown"), id: RequestId });
/** Events up to `seq` are kept elsewhere now and may be dropped from the bundle. No answer. */
export const AckEvents = z.object({ type: z.literal("ack"), seq: z.int().min(0) });

export const ClientFrame = z.discriminatedUnion("type", [
  ClientHello,
  SetRoutes,
  SetSecrets,
  SetCuts,
  Decide,
  ClaimProposal,
  ReportFailure,
  SetKeys,
  DecidePush,
  ReadPush,
  RefreshRepo,
  RestartDaemon,
  Shutdown,
  AckEvents,
]);
export type ClientFrame = z.infer<typeof ClientFrame>;

/** What happened in a bundle, numbered without gaps from 1. Kept on disk, bounded, until acknowledged. */
export const BundleEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("egress-decision"), decision: EgressDecision }),
  z.object({ type: z.literal("proposal-filed"), proposal: Proposal }),
  z.object({
    type: z.literal("proposal-decided"),
    proposalId: z.string(),
    decision: ProposalDecision,
    before: RouteTable,
    after: RouteTable,
  }),
  z.object({ type: z.literal("routes-set"), by: z.string(), note: z.string(), before: RouteTable, after: RouteTable }),
  z.object({ type: z.literal("proposal-failed"), proposalId: z.string(), message: z.string() }),
  /** A grant ended by itself; `after` is the table without it. */
  z.object({ type: z.literal("grant-ended"), grant: Grant, why: z.enum(["expired", "used-up"]), after: RouteTable }),
  z.object({ type: z.literal("cuts-set"), by: z.string(), cuts: CredentialCuts }),
  z.object({ type: z.literal("daemon"), health: DaemonHealth }),
  /** A push ended, or is held now. */
  z.object({ type: z.literal("push"), push: PushRecord }),
  z.object({ type: z.literal("push-decided"), pushId: z.string(), repo: RepoName, decision: PushDecision }),
  /** Events that had to be dropped because nobody fetched them. */
  z.object({ type: z.literal("dropped"), count: z.int() }),
]);
export type BundleEvent = z.infer<typeof BundleEvent>;

export const NumberedEvent = z.object({ seq: z.int().min(1), time: z.string(), event: BundleEvent });
export type NumberedEvent = z.infer<typeof NumberedEvent>;

export const BundleReady = z.object({
  type: z.literal("ready"),
  table: RouteTable,
  /** Pending ones, and those decided lately. */
  proposals: z.array(Proposal),
  health: z.array(DaemonHealth),
  /** Credentials that live routes name and that the bundle does not hold: those routes answer 503. */
  missingSecrets: z.array(TokenRef),
  cuts: CredentialCuts.default({ all: false, refs: [] }),
  repos: z.array(RepoStatus).default([]),
  /** Held ones, and those decided lately. */
  pushes: z.array(HeldPush).default([]),
  lastSeq: z.int().min(0),
});

export const FailureCode = z.enum(["stale", "conflict", "not-found", "bad-request", "apply-failed", "shutting-down"]);

export const BundleFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), protocol: z.int(), buildId: z.string(), slug: Slug }),
  BundleReady,
  z.object({ type: z.literal("refused"), reason: z.string() }),
  /** `revision`: the live one after the request's effect. */
  z.object({ type: z.literal("done"), id: RequestId, revision: z.int() }),
  z.object({ type: z.literal("failed"), id: RequestId, code: FailureCode, message: z.string() }),
  z.object({ type: z.literal("events"), events: z.array(NumberedEvent) }),
  z.object({ type: z.literal("health"), health: z.array(DaemonHealth), missingSecrets: z.array(TokenRef) }),
  /** The gate's picture changed: a refresh, a key, a held push. */
  z.object({ type: z.literal("git"), repos: z.array(RepoStatus), pushes: z.array(HeldPush) }),
  /** Answers `read-push`; `cut` where not every file is told. */
  z.object({ type: z.literal("push-diff"), id: RequestId, files: z.array(PushFile), cut: z.boolean() }),
]);
export type BundleFrame = z.infer<typeof BundleFrame>;
