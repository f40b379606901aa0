import type { TokenUsage } from "./decision.ts";

/** Dollars a million tokens, as listed by the model's maker. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** When the lists below were read. Prices change, and contracts differ: what they make of tokens is an estimate. */
export const PRICES_AS_OF = "2026-08";

/** Input and output; a cache read costs a tenth of the input, a write (for five minutes) a quarter more than it. */
const ANTHROPIC: readonly (readonly [names: string, input: number, output: number])[] = [
  ["claude-fable-5", 10, 50],
  ["claude-opus-5 claude-opus-4-8 claude-opus-4-7 claude-opus-4-6 claude-opus-4-5", 5, 25],
  ["claude-opus-4-1 claude-opus-4-0 claude-opus-4 claude-3-opus", 15, 75],
  ["claude-sonnet-5 claude-sonnet-4-6 claude-sonnet-4-5 claude-sonnet-4-0 claude-sonnet-4 claude-3-7-sonnet claude-3-5-sonnet", 3, 15],
  ["claude-haiku-4-5", 1, 5],
  ["claude-3-5-haiku", 0.8, 4],
  ["claude-3-haiku", 0.25, 1.25],
];

/** Input, input from the cache, output; what is written to the cache costs nothing extra. */
const OPENAI: readonly (readonly [names: string, input: number, cacheRead: number, output: number])[] = [
  ["gpt-5.5", 5, 0.5, 30],
  ["gpt-5.4", 2.5, 0.25, 15],
  ["gpt-5.4-mini", 0.75, 0.075, 4.5],
  ["gpt-5.4-nano", 0.2, 0.02, 1.25],
  ["gpt-5.4-pro", 30, 30, 180],
  ["gpt-5.3-codex gpt-5.3-chat gpt-5.2 gpt-5.2-chat gpt-5.2-codex", 1.75, 0.175, 14],
  ["gpt-5.2-pro", 21, 21, 168],
  ["gpt-5.1 gpt-5.1-chat gpt-5.1-codex gpt-5.1-codex-max gpt-5 gpt-5-chat gpt-5-codex", 1.25, 0.125, 10],
  ["gpt-5.1-codex-mini gpt-5-codex-mini gpt-5-mini", 0.25, 0.025, 2],
  ["gpt-5-nano", 0.05, 0.005, 0.4],
  ["gpt-5-pro", 15, 15, 120],
  ["codex-mini", 1.5, 0.375, 6],
  ["gpt-4.1", 2, 0.5, 8],
  ["gpt-4.1-mini", 0.4, 0.1, 1.6],
  ["gpt-4.1-nano", 0.1, 0.025, 0.4],
  ["gpt-4o", 2.5, 1.25, 10],
  ["gpt-4o-mini", 0.15, 0.075, 0.6],
  ["o3", 2, 0.5, 8],
  ["o4-mini", 1.1, 0.275, 4.4],
  ["o3-mini", 1.1, 0.55, 4.4],
];

const PRICES: ReadonlyMap<string, ModelPrice> = new Map([
  ...ANTHROPIC.flatMap(([names, input, output]) => named(names, { input, output, cacheRead: input / 10, cacheWrite: input * 1.25 })),
  ...OPENAI.flatMap(([names, input, cacheRead, output]) => named(names, { input, output, cacheRead, cacheWrite: input })),
]);

function named(names: string, price: ModelPrice): [string, ModelPrice][] {
  return names.split(" ").map((name) => [name, price]);
}

/** As dear as any above in each kind of token: what those of a model without a known price count as where a budget must hold. */
const DEAREST: ModelPrice = {
  input: highest(({ input }) => input),
  output: highest(({ output }) => output),
  cacheRead: highest(({ cacheRead }) => cacheRead),
  cacheWrite: highest(({ cacheWrite }) => cacheWrite),
};

function highest(kind: (price: ModelPrice) => number): number {
  return Math.max(...[...PRICES.values()].map(kind));
}

// Gateways write `anthropic/claude-…`, Bedrock `us.anthropic.claude-…-v1:0`, makers a date or `latest` at the end.
const PREFIX = /^.*\/|^(?:[a-z]{2,4}\.)?anthropic\./;
const SUFFIX = /[-@:]?(?:20\d\d-?\d\d-?\d\d|latest)?(?:-v\d.*)?(?:\[1m\])?$/;

/** The list price of a model; null where it is not known. */
export function priceOf(model: string): ModelPrice | null {
  const name = model.toLowerCase().replace(PREFIX, "").replace(SUFFIX, "");
  return PRICES.get(name.startsWith("claude-") ? name.replaceAll(".", "-") : name) ?? null;
}

/** What an answer cost at list prices; null where the model's price is not known. */
export function usdOf(usage: TokenUsage): number | null {
  const price = priceOf(usage.model);
  return price === null ? null : dollars(usage, price);
}

/** The same for a budget, which no unknown model may escape: it counts as the dearest known one. */
export function usdAtMost(usage: TokenUsage): number {
  return dollars(usage, priceOf(usage.model) ?? DEAREST);
}

/** What counts towards `tokens_per_day`: everything that the model read or wrote, from its cache or not. */
export function tokensOf({ input, output, cacheRead, cacheWrite }: TokenUsage): number {
  return input + output + cacheRead + cacheWrite;
}

function dollars(usage: TokenUsage, price: ModelPrice): number {
  const { input, output, cacheRead, cacheWrite } = usage;
  return (input * price.input + output * price.output + cacheRead * price.cacheRead + cacheWrite * price.cacheWrite) / 1_000_000;
}
