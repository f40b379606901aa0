import type { Budget } from "#common/domain/budget.ts";
import type { TokenUsage } from "#common/domain/decision.ts";
import type { MethodOutput } from "#common/ipc/contract.ts";
import { dayIn } from "./day-in.ts";
import type { KnownDecision } from "./decision-history.ts";

type Usage = MethodOutput<"usage.today">;
type ModelUsage = Usage["models"][number];

export interface UsageOptions {
  readonly now: Date;
  /** The operator's, where no budget names one. */
  readonly timeZone: string;
  readonly budget: Budget | null;
  /** By list prices; null where the model's are not known. */
  usdOf(usage: TokenUsage): number | null;
}

/** From here on the operator is told that the budget goes to its end. */
const WARN_SHARE = 0.8;
/** An agent can name any number of models. */
const MAX_MODELS = 50;

/** What the answers of today say they cost, by model. */
export function usageToday(known: readonly KnownDecision[], { now, timeZone, budget, usdOf }: UsageOptions): Usage {
  const dayOf = dayIn(budget?.timeZone ?? timeZone);
  const day = dayOf(now.getTime());
  const today = known.filter(({ at, decision }) => (decision.usage !== undefined || decision.rule === "budget") && dayOf(at) === day);
  const models = byModel(today, usdOf);
  const tokens = models.reduce((sum, usage) => sum + tokensOf(usage), 0);
  const priced = models.filter(({ usd }) => usd !== null);
  const usd = models.length > 0 && priced.length === 0 ? null : priced.reduce((sum, each) => sum + (each.usd ?? 0), 0);
  const refusedToday = today.some(({ decision }) => decision.rule === "budget");
  return {
    day,
    models,
    tokens,
    usd,
    budget: budget === null ? null : { tokensPerDay: budget.tokensPerDay, usdPerDay: budget.usdPerDay, onLimit: budget.onLimit },
    state: stateOf(budget, shareOf(budget, tokens, usd ?? 0), refusedToday),
  };
}

function byModel(decisions: readonly KnownDecision[], usdOf: UsageOptions["usdOf"]): ModelUsage[] {
  const models = new Map<string, ModelUsage>();
  for (const { decision } of decisions) {
    const { usage } = decision;
    if (usage === undefined) continue;
    const name = models.has(usage.model) || models.size < MAX_MODELS ? usage.model : "other models";
    const sum = models.get(name) ?? { model: name, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, requests: 0, usd: 0 };
    const usd = usdOf(usage);
    models.set(name, {
      model: name,
      input: sum.input + usage.input,
      output: sum.output + usage.output,
      cacheRead: sum.cacheRead + usage.cacheRead,
      cacheWrite: sum.cacheWrite + usage.cacheWrite,
      requests: sum.requests + 1,
      usd: sum.usd === null || usd === null ? null : sum.usd + usd,
    });
  }
  return [...models.values()].sort((a, b) => tokensOf(b) - tokensOf(a));
}

function tokensOf({ input, output, cacheRead, cacheWrite }: TokenUsage): number {
  return input + output + cacheRead + cacheWrite;
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
