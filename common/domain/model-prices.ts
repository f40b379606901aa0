import type { TokenUsage } from "./decision.ts";

/** Dollars a million tokens, as listed by the model's maker. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** When the list below was read. List prices change, and contracts differ: what it makes of tokens is an estimate. */
export const PRICES_AS_OF = "2026-11";

interface PricedFamily {
  /** Matched against the model's name in lower case, without a gateway's prefix; the first that fits counts. */
  readonly family: RegExp;
  readonly price: ModelPrice;
}

/** Anthropic: a cache read costs a tenth of the input, a write (for five minutes) a quarter more than it. */
function anthropic(input: number, output: number): ModelPrice {
  return { input, output, cacheRead: input / 10, cacheWrite: input * 1.25 };
}

/** OpenAI: what is written to the cache costs nothing extra. */
function openai(input: number, cacheRead: number, output: number): ModelPrice {
  return { input, output, cacheRead, cacheWrite: input };
}

const FAMILIES: readonly PricedFamily[] = [
  { family: /^claude-opus-4-[5-9]/, price: anthropic(5, 25) },
  { family: /^claude-(?:opus-4|3-opus)/, price: anthropic(15, 75) },
  { family: /^claude-(?:sonnet-4|3-7-sonnet|3-5-sonnet)/, price: anthropic(3, 15) },
  { family: /^claude-haiku-4/, price: anthropic(1, 5) },
  { family: /^claude-3-5-haiku/, price: anthropic(0.8, 4) },
  { family: /^claude-3-haiku/, price: anthropic(0.25, 1.25) },
  { family: /^gpt-5(?:\.\d+)?(?:-codex)?-mini|^codex-mini/, price: openai(0.25, 0.025, 2) },
  { family: /^gpt-5-nano/, price: openai(0.05, 0.005, 0.4) },
  { family: /^gpt-5\.[2-9](?!-pro)/, price: openai(1.75, 0.175, 14) },
  { family: /^gpt-5(?:\.1)?(?:-codex(?:-max)?|-chat|-\d|$)/, price: openai(1.25, 0.125, 10) },
  { family: /^gpt-4\.1-mini/, price: openai(0.4, 0.1, 1.6) },
  { family: /^gpt-4\.1-nano/, price: openai(0.1, 0.025, 0.4) },
  { family: /^gpt-4\.1/, price: openai(2, 0.5, 8) },
  { family: /^gpt-4o-mini/, price: openai(0.15, 0.075, 0.6) },
  { family: /^gpt-4o/, price: openai(2.5, 1.25, 10) },
  { family: /^o4-mini|^o3-mini/, price: openai(1.1, 0.275, 4.4) },
  { family: /^o3(?:-\d|$)/, price: openai(2, 0.5, 8) },
];

/** Dearer than every family above: what tokens of a model without a known price count as where a budget must hold. */
const DEAREST: ModelPrice = anthropic(15, 75);

/** The list price of a model; null where it is not known. */
export function priceOf(model: string): ModelPrice | null {
  // Gateways write `anthropic/claude-…`, Bedrock `us.anthropic.claude-…`.
  const name = model
    .toLowerCase()
    .replace(/^.*\//, "")
    .replace(/^(?:[a-z]{2,4}\.)?anthropic\./, "");
  return FAMILIES.find(({ family }) => family.test(name))?.price ?? null;
}

/** What an answer cost at list prices; null where the model's price is not known. */
export function usdOf(usage: TokenUsage): number | null {
  const price = priceOf(usage.model);
  return price === null ? null : dollars(usage, price);
}

/** The same, never less than what it can have cost: a model without a known price counts as the dearest. */
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
