import { z } from "zod";
import { Budget, BudgetSpent } from "#common/domain/budget.ts";
import { EgressDecision } from "#common/domain/decision.ts";
import { RouteTable } from "#common/domain/route.ts";
import { CredentialCuts } from "#common/wire/control.ts";

/** What init and the egress worker thread say to each other. Secrets cross only in `secrets`, in memory. */
export const EgressWorkerStart = z.strictObject({
  listenHost: z.string(),
  port: z.int(),
  caCertificate: z.string(),
  caKey: z.string(),
  extraCa: z.string().nullable(),
  table: RouteTable,
  cuts: CredentialCuts,
  budget: Budget.nullable(),
  /** What was spent before this run; of another day than today, it counts as nothing. */
  spent: BudgetSpent.nullable(),
});
export type EgressWorkerStart = z.infer<typeof EgressWorkerStart>;

export const ToEgressWorker = z.discriminatedUnion("type", [
  /** Answered by `table-live` once no request can be decided by the old table any more. */
  z.strictObject({ type: z.literal("table"), table: RouteTable }),
  z.strictObject({ type: z.literal("secrets"), values: z.record(z.string(), z.string().nullable()) }),
  /** Answered by `cuts-live` once no request gets what is cut, and exchanges that got it are closed. */
  z.strictObject({ type: z.literal("cuts"), cuts: CredentialCuts }),
  /** Stop accepting, end what is open within `graceMs`, then the thread exits with code 0. */
  z.strictObject({ type: z.literal("stop"), graceMs: z.int() }),
]);
export type ToEgressWorker = z.infer<typeof ToEgressWorker>;

/** Decisions as one JSON text. */
const DecisionsText = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue("is no JSON");
      return z.NEVER;
    }
  })
  .pipe(z.array(EgressDecision));

export const FromEgressWorker = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("table-live"), revision: z.int() }),
  z.strictObject({ type: z.literal("cuts-live") }),
  /** Sent at once, not batched: a restart must not give back what is used. At 0 the worker lets nothing more pass by it. */
  z.strictObject({ type: z.literal("grant-used"), grantId: z.string(), left: z.int().min(0) }),
  z.strictObject({ type: z.literal("spent"), spent: BudgetSpent }),
  /** Batched: at most every 50 ms, at most 500 a message. As JSON text they cost the data plane a fraction of cloned objects. */
  z.strictObject({ type: z.literal("decisions"), decisions: DecisionsText }),
]);
export type FromEgressWorker = z.infer<typeof FromEgressWorker>;
/** As it crosses to init. */
export type EgressWorkerPost = z.input<typeof FromEgressWorker>;
