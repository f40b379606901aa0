import type { Budget } from "#common/domain/budget.ts";
import { PRICES_AS_OF } from "#common/domain/model-prices.ts";
import type { EffectiveBottle } from "#common/manifest/effective-bottle.ts";

export interface BudgetPlan {
  readonly budget: Budget | null;
  /** How it counts, where the operator may think otherwise. */
  readonly warnings: readonly string[];
}

/** The day's limit for model calls as declared (MAN-6); a day begins at the operator's midnight. */
export function planBudget({ egress }: EffectiveBottle, timeZone: string): BudgetPlan {
  const declared = egress?.budget;
  if (declared === undefined) return { budget: null, warnings: [] };
  const budget: Budget = {
    tokensPerDay: declared.tokens_per_day ?? null,
    usdPerDay: declared.usd_per_day ?? null,
    // What was declared as a limit is one, unless it says otherwise.
    onLimit: declared.on_limit ?? "stop",
    timeZone,
  };
  return { budget, warnings: budget.usdPerDay === null ? [] : [HOW_DOLLARS_COUNT] };
}

const HOW_DOLLARS_COUNT =
  `egress.budget: usd_per_day counts tokens at list prices of ${PRICES_AS_OF}; ` +
  "a model whose price is not known counts as the dearest known one";
