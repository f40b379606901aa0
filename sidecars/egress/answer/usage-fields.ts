import type { TokenUsage } from "#common/domain/decision.ts";

/** What of a JSON text the meter looks at; everything else is passed over. */
export type Place = "ignored" | "root" | "holder" | "usage" | "details";

/** Where a value lies that stands under `key` in an object at `place`. */
export function placeUnder(place: Place, key: string): Place {
  if (place === "root" && (key === "message" || key === "response")) return "holder";
  if ((place === "root" || place === "holder") && key === "usage") return "usage";
  if (place === "usage" && (key === "input_tokens_details" || key === "prompt_tokens_details")) return "details";
  return "ignored";
}

/** More than any model takes or gives in one answer: a hostile answer cannot make the day's count absurd. */
const MOST = 20_000_000;
const PRINTABLE = /^[\x21-\x7e]{1,100}$/;

/** The numbers of one answer as they come; a stream tells them again and again, each time the sum so far. */
export class UsageFields {
  readonly #numbers = new Map<string, number>();
  #model = "";

  takeNumber(place: Place, key: string, value: number): void {
    if (place !== "usage" && place !== "details") return;
    if (!KNOWN.has(key) || !Number.isSafeInteger(value) || value < 0) return;
    this.#numbers.set(key, Math.max(this.#numbers.get(key) ?? 0, Math.min(value, MOST)));
  }

  takeText(place: Place, key: string, value: string): void {
    if (key === "model" && (place === "root" || place === "holder") && PRINTABLE.test(value)) this.#model = value;
  }

  /** Null where nothing was told. */
  usage(): TokenUsage | null {
    if (this.#numbers.size === 0) return null;
    const told = (name: string) => this.#numbers.get(name) ?? 0;
    // These APIs count what came from the cache in the input; the Messages API counts it beside.
    const cached = told("cached_tokens");
    const input = Math.max(told("input_tokens"), told("prompt_tokens"));
    return {
      model: this.#model === "" ? "unknown" : this.#model,
      input: Math.max(0, input - cached),
      output: Math.max(told("output_tokens"), told("completion_tokens")),
      cacheRead: Math.max(cached, told("cache_read_input_tokens")),
      cacheWrite: told("cache_creation_input_tokens"),
    };
  }
}

const KNOWN = new Set([
  "input_tokens",
  "output_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "prompt_tokens",
  "completion_tokens",
  "cached_tokens",
]);
