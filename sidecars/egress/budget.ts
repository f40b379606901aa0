import type { Budget, BudgetSpent } from "#common/domain/budget.ts";
import { dayIn } from "#common/domain/day-in.ts";
import type { TokenUsage } from "#common/domain/decision.ts";
import { tokensOf, usdAtMost } from "#common/domain/model-prices.ts";

import type { EgressClock } from "./clock.ts";
import type { Refusal } from "./policy/refusal.ts";
import { refuse } from "./policy/refusal.ts";

export interface DayBudgetParts {
  /** Null: nothing is limited, and nothing is counted here. */
  readonly budget: Budget | null;
  /** Before this run; of another day, it counts as nothing. */
  readonly spent: BudgetSpent | null;
  readonly clock: Pick<EgressClock, "wall">;
  onSpent(spent: BudgetSpent): void;
}

/** What the bottle's model calls cost on the operator's day, and whether another may go out (MAN-6). */
export class DayBudget {
  readonly #budget: Budget | null;
  readonly #clock: Pick<EgressClock, "wall">;
  readonly #onSpent: (spent: BudgetSpent) => void;
  readonly #day: (now: number) => string;
  #spent: BudgetSpent;

  constructor(parts: DayBudgetParts) {
    this.#budget = parts.budget;
    this.#clock = parts.clock;
    this.#onSpent = parts.onSpent;
    this.#day = dayIn(parts.budget?.timeZone ?? "UTC");
    this.#spent = parts.spent ?? { day: this.#day(parts.clock.wall()), tokens: 0, usd: 0 };
  }

  /** Whether answers of models must be readable, because something depends on what they cost. */
  get limits(): boolean {
    return this.#budget !== null;
  }

  /** Why no model may be called now, or null. */
  refusal(): Refusal | null {
    const budget = this.#budget;
    if (budget === null || budget.onLimit !== "stop" || !reached(budget, this.#today())) return null;
    return refuse("budget", `${reachedText(budget)}; no model is called before the next day begins (${budget.timeZone})`);
  }

  /** Adds what an answer cost. Returns a sentence for its event where that reached the limit, which is once a day. */
  add(usage: TokenUsage): string | null {
    const budget = this.#budget;
    if (budget === null) return null;
    const before = this.#today();
    this.#spent = { day: before.day, tokens: before.tokens + tokensOf(usage), usd: before.usd + usdAtMost(usage) };
    this.#onSpent(this.#spent);
    return !reached(budget, before) && reached(budget, this.#spent) ? reachedText(budget) : null;
  }

  #today(): BudgetSpent {
    const day = this.#day(this.#clock.wall());
    if (day !== this.#spent.day) this.#spent = { day, tokens: 0, usd: 0 };
    return this.#spent;
  }
}

function reached(budget: Budget, spent: BudgetSpent): boolean {
  if (budget.tokensPerDay !== null && spent.tokens >= budget.tokensPerDay) return true;
  return budget.usdPerDay !== null && spent.usd >= budget.usdPerDay;
}

function reachedText({ tokensPerDay, usdPerDay }: Budget): string {
  const limit = tokensPerDay === null ? `${usdPerDay} dollars` : `${tokensPerDay} tokens`;
  return `the day's budget of ${limit} is reached`;
}
