import { z } from "zod";
import { HeldPush } from "#common/domain/git.ts";
import { Slug } from "#common/domain/names.ts";
import { Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import { GrantLimit, RouteTable } from "#common/domain/route.ts";

/** What init and the supervise worker thread say to each other. The worker has no say in policy: it asks, init answers (D9). */
export const SuperviseWorkerStart = z.strictObject({
  slug: Slug,
  listenHost: z.string(),
  port: z.int(),
  /** SUPERVISE_RESPONSE_TIMEOUT_SECONDS (SUP-2). */
  responseTimeoutSeconds: z.number().positive(),
  /** Whether `capability-block` is offered. */
  capability: z.boolean(),
});
export type SuperviseWorkerStart = z.infer<typeof SuperviseWorkerStart>;

const CallId = z.int().min(1);

/** What becomes of a request that the worker found valid. */
export const FilingOutcome = z.discriminatedUnion("kind", [
  /** Queued; `joined` when the same request waited already, so that retries do not fill the operator's inbox. */
  z.strictObject({ kind: z.literal("queued"), proposal: Proposal, joined: z.boolean() }),
  /** `limit`: what ends it, where it is allowed for a while only. */
  z.strictObject({ kind: z.literal("already-allowed"), revision: z.int(), limit: GrantLimit.nullable() }),
  z.strictObject({ kind: z.literal("refused"), reason: z.string() }),
]);
export type FilingOutcome = z.infer<typeof FilingOutcome>;

export const ToSuperviseWorker = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("filing"), callId: CallId, outcome: FilingOutcome }),
  z.strictObject({ type: z.literal("routes"), callId: CallId, table: RouteTable }),
  z.strictObject({ type: z.literal("proposal"), callId: CallId, proposal: Proposal.nullable() }),
  z.strictObject({ type: z.literal("push"), callId: CallId, push: HeldPush.nullable() }),
  z.strictObject({ type: z.literal("decided"), proposal: Proposal }),
  /** An approval could not be applied: the proposal is pending still. */
  z.strictObject({ type: z.literal("failed"), proposal: Proposal }),
  /** Answer what is open as pending, then the thread exits with code 0. */
  z.strictObject({ type: z.literal("stop"), graceMs: z.int() }),
]);
export type ToSuperviseWorker = z.infer<typeof ToSuperviseWorker>;

export const FromSuperviseWorker = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("file"), callId: CallId, request: ProposalRequest, justification: z.string().min(1).max(4000) }),
  z.strictObject({ type: z.literal("routes"), callId: CallId }),
  z.strictObject({ type: z.literal("proposal"), callId: CallId, proposalId: z.string().max(200) }),
  z.strictObject({ type: z.literal("push"), callId: CallId, pushId: z.string().max(200) }),
]);
export type FromSuperviseWorker = z.infer<typeof FromSuperviseWorker>;
