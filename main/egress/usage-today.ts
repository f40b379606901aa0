import type { Budget } from "#common/domain/budget.ts";
import { dayIn } from "#common/domain/day-in.ts";
import { tokensOf, usdAtMost, usdOf } from "#common/domain/model-prices.ts";
import type { MethodOutput } from "#common/ipc/contract.ts";
import type { KnownDecision } from "./decision-history.ts";

type Usage = MethodOutput<"usage.today">;
type ModelUsage = Usage["models"][number];

export interface UsageOptions {
  readonly now: Date;
  /** The operator's, where no budget names one. */
  readonly timeZone: string;
  readonly budget: Budget | null;
}

/** From here on the operator is told that the budget goes to its end. */
const WARN_SHARE = 0.8;
/** An agent can name any number of models. */
const MAX_MODELS = 50;

/** What the answers of today say they cost, by model. */
export function usageToday(known: readonly KnownDecision[], { now, timeZone, budget }: UsageOptions): Usage {
  const dayOf = dayIn(budget?.timeZone ?? timeZone);
  const day = dayOf(now.getTime());
  const today = known.filter(({ at, decision }) => (decision.usage !== undefined || decision.rule === "budget") && dayOf(at) === day);
  const models = byModel(today);
  const tokens = sum(models.map(tokensOf));
  const priced = models.filter(({ usd }) => usd !== null);
  const usd = models.length > 0 && priced.length === 0 ? null : sum(priced.map(({ usd }) => usd ?? 0));
  const refusedToday = today.some(({ decision }) => decision.rule === "budget");
  return {
    day,
    models,
    tokens,
    usd,
    budget: budget === null ? null : { tokensPerDay: budget.tokensPerDay, usdPerDay: budget.usdPerDay, onLimit: budget.onLimit },
    // By what it can have cost, as egress counts: a model without a known price must not be free.
    state: stateOf(
      budget,
      shareOf(budget, tokens, sum(today.map(({ decision }) => (decision.usage ? usdAtMost(decision.usage) : 0)))),
      refusedToday,
    ),
  };
}

function byModel(decisions: readonly KnownDecision[]): ModelUsage[] {
  const models = new Map<string, ModelUsage>();
  for (const { decision } of decisions) {
    const { usage } = decision;
    if (usage === undefined) continue;
    const name = models.has(usage.model) || models.size < MAX_MODELS ? usage.model : "other models";
    const before = models.get(name) ?? { model: name, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, requests: 0, usd: 0 };
    const usd = usdOf(usage);
    models.set(name, {
      model: name,
      input: before.input + usage.input,
      output: before.output + usage.output,
      cacheRead: before.cacheRead + usage.cacheRead,
      cacheWrite: before.cacheWrite + usage.cacheWrite,
      requests: before.requests + 1,
      usd: before.usd === null || usd === null ? null : before.usd + usd,
    });
  }
  return [...models.values()].sort((a, b) => tokensOf(b) - tokensOf(a));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** How much of the budget is spent, by whichever limit is nearer; 0 without one. */
function shareOf(budget: Budget | null, tokens: number, usd: number): number {
  const shares = [budget?.tokensPerDay ? tokens / budget.tokensPerDay : 0, budget?.usdPerDay ? usd / budget.usdPerDay : 0];
  return Math.max(...shares);
}

/** Egress counts and stops by itself; that it refused is the surest sign that it did. */
function stateOf(budget: Budget | null, share: number, refusedToday: boolean): Usage["state"] {
  if (budget === null) return "within";
  if (budget.onLimit === "stop" && (share >= 1 || refusedToday)) return "stopped";
  return share >= WARN_SHARE ? "warned" : "within";
}
