import { z } from "zod";

/** What a bottle's model calls may cost a day (MAN-6); one of the two limits is set. */
export const Budget = z.strictObject({
  tokensPerDay: z.int().positive().nullable(),
  usdPerDay: z.number().positive().nullable(),
  /** `stop`: further requests to a model are refused until the next day. */
  onLimit: z.enum(["warn", "stop"]),
  /** IANA name of the operator's time zone: when a day begins. */
  timeZone: z.string().max(100),
});
export type Budget = z.infer<typeof Budget>;

export const BudgetSpent = z.strictObject({
  /** In the budget's time zone, e.g. `2026-11-22`. */
  day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  tokens: z.int().min(0),
  usd: z.number().min(0),
});
export type BudgetSpent = z.infer<typeof BudgetSpent>;
