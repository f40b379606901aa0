import { PRICES_AS_OF, usdAtMost } from "#common/domain/model-prices.ts";
import { formatCount, plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Note } from "../ui/notes.tsx";
import { Tag } from "../ui/tag.tsx";
import type { UsageToday } from "./use-egress.ts";
import { useComputed } from "./use-egress.ts";

/** `$3.18`, or that the price is not known. */
export function formatUsd(usd: number | null): string {
  if (usd === null) return "price not known";
  return usd > 0 && usd < 0.01 ? "<$0.01" : `$${usd.toFixed(2)}`;
}

/** `4,812`, `412 k`, `3.1 M`. */
export function formatTokens(tokens: number): string {
  if (tokens < 10_000) return formatCount(tokens);
  if (tokens < 1_000_000) return `${Math.round(tokens / 1000)} k`;
  return `${(tokens / 1_000_000).toFixed(1)} M`;
}

const states = {
  within: { tone: "ok", words: "within budget" },
  warned: { tone: "warn", words: "near or over budget" },
  stopped: { tone: "bad", words: "stopped by budget" },
} as const;

/** Share of the nearer limit, 0 to 1 and beyond; a model without a known price counts as the dearest, as it does at egress. */
export function budgetShare({ budget, tokens, models }: Pick<UsageToday, "budget" | "tokens" | "models">): number {
  if (budget === null) return 0;
  const usd = models.reduce((sum, model) => sum + usdAtMost(model), 0);
  return Math.max(budget.tokensPerDay ? tokens / budget.tokensPerDay : 0, budget.usdPerDay ? usd / budget.usdPerDay : 0);
}

function limitWords(budget: NonNullable<UsageToday["budget"]>): string {
  const limit = budget.tokensPerDay === null ? formatUsd(budget.usdPerDay) : `${formatTokens(budget.tokensPerDay)} tokens`;
  return `${limit} a day, ${budget.onLimit === "stop" ? "then model calls stop" : "then it warns"}`;
}

const fills = { within: "bg-ok", warned: "bg-warn", stopped: "bg-bad" } as const;

function BudgetBar({ usage }: { usage: UsageToday }) {
  if (usage.budget === null)
    return (
      <p className="text-sm text-faint">
        No budget. Set <span className="data">egress.budget</span> in the bottle's manifest to be warned, or to stop model calls.
      </p>
    );
  const share = budgetShare(usage);
  const percent = Math.round(share * 100);
  return (
    <div className="flex flex-col gap-1">
      <meter className="sr-only" aria-label="Budget spent today" min={0} max={100} value={Math.min(100, percent)}>
        {percent} % of {limitWords(usage.budget)}
      </meter>
      <div aria-hidden="true" className="h-2 overflow-hidden rounded-full border border-line bg-ground">
        <div className={`h-full ${fills[usage.state]}`} style={{ width: `${Math.min(100, share * 100)}%` }} />
      </div>
      <p className="flex items-center gap-2 text-sm text-faint">
        <span className="min-w-0 grow">
          <span className="data text-dim">{percent} %</span> of {limitWords(usage.budget)}
        </span>
        <Tag tone={states[usage.state].tone}>{states[usage.state].words}</Tag>
      </p>
    </div>
  );
}

function Advice({ usage }: { usage: UsageToday }) {
  if (usage.state === "stopped")
    return (
      <Note tone="bad" title="Model calls are refused until tomorrow">
        To go on today, raise <span className="data">egress.budget</span> in the bottle's manifest and start the bottle again.
      </Note>
    );
  if (usage.state === "warned")
    return (
      <Note tone="warn" title="The day's budget goes to its end">
        {usage.budget?.onLimit === "stop"
          ? "At the limit model calls stop until tomorrow."
          : "Nothing is stopped: the manifest says to warn only."}
      </Note>
    );
  return null;
}

function Models({ models }: Pick<UsageToday, "models">) {
  const head = "px-1 py-0.5 text-right font-normal";
  return (
    <table className="data w-full text-sm">
      <caption className="sr-only">Tokens today by model</caption>
      <thead className="text-faint">
        <tr>
          <th scope="col" className="py-0.5 text-left font-normal">
            Model
          </th>
          <th scope="col" className={head}>
            In
          </th>
          <th scope="col" className={head}>
            Out
          </th>
          <th scope="col" className={head}>
            Cache
          </th>
          <th scope="col" className={head}>
            Cost
          </th>
        </tr>
      </thead>
      <tbody>
        {models.map((model) => (
          <tr key={model.model}>
            <th scope="row" className="max-w-28 truncate py-0.5 text-left font-normal" title={plural(model.requests, "request")}>
              <InertText text={model.model} />
            </th>
            <td className={head}>{formatTokens(model.input)}</td>
            <td className={head}>{formatTokens(model.output)}</td>
            <td className={head}>{formatTokens(model.cacheRead + model.cacheWrite)}</td>
            <td className={head}>{model.usd === null ? "–" : formatUsd(model.usd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the bottle's model calls cost today, and how that stands against its budget (EGR-7). */
export function MeterCard({ slug }: { slug: string }) {
  const { data, error } = useComputed("usage.today", { slug });
  if (error) return <p className="text-sm text-faint">Not known: {error.message}</p>;
  if (!data) return null;
  if (data.models.length === 0 && data.budget === null)
    return (
      <p className="text-sm text-faint">
        No model call told of tokens today. Answers of Messages, Responses and chat completions APIs are counted.
      </p>
    );
  const unknown = data.models.filter(({ usd }) => usd === null).length;
  return (
    <div className="flex flex-col gap-2">
      <p>
        <span className="data font-medium">{formatTokens(data.tokens)}</span> tokens ·{" "}
        <span className="data font-medium">{formatUsd(data.usd)}</span>
        <span className="text-sm text-faint"> by list prices of {PRICES_AS_OF}: an estimate, not your bill</span>
      </p>
      <BudgetBar usage={data} />
      <Advice usage={data} />
      {data.models.length > 0 ? <Models models={data.models} /> : null}
      {unknown > 0 ? (
        <p className="text-sm text-faint">
          {plural(unknown, "model has", "models have")} no known price: not in the sum, and as dear as the dearest towards a budget.
        </p>
      ) : null}
    </div>
  );
}
