import type { EgressDecision } from "#common/domain/decision.ts";
import type { Witnessed } from "./witness.ts";

/** Found out only while the body was on its way: the head has arrived then, the end of the body never may. */
const FOUND_IN_BODY = new Set(["malformed-request", "dlp"]);
const DECIDED_WITHIN_MS = 5000;
const KEPT = 20;

/** What egress says it did, held against what arrived. */
export class Ledger {
  readonly #decisions = new Map<string, EgressDecision[]>();
  readonly #waiting = new Set<() => void>();
  readonly totals = { forwarded: 0, refused: 0 };

  add(decision: EgressDecision): void {
    if (decision.verdict === "refused") this.totals.refused += 1;
    const list = this.#decisions.get(decision.host);
    if (list === undefined) this.#decisions.set(decision.host, [decision]);
    else list.push(decision);
    for (const look of this.#waiting) look();
  }

  /** Resolves with true once such a decision is there, with false after a while. */
  async waitFor(host: string, fits: (decision: EgressDecision) => boolean, ms: number): Promise<boolean> {
    const found = () => this.#decisions.get(host)?.some(fits) === true;
    if (found()) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), ms);
    const look = () => {
      if (found()) resolve(true);
    };
    this.#waiting.add(look);
    const outcome = await promise;
    clearTimeout(timer);
    this.#waiting.delete(look);
    return outcome;
  }

  async #pair(host: string, witnessed: Witnessed): Promise<string[]> {
    this.totals.forwarded += 1;
    await this.waitFor(host, (decision) => belongsTo(decision, witnessed), DECIDED_WITHIN_MS);
    const at = this.#decisions.get(host)?.findIndex((decision) => belongsTo(decision, witnessed)) ?? -1;
    if (at === -1) return [`${witnessed.method} ${witnessed.target} arrived at ${host} without a decision that allows it`];
    this.#decisions.get(host)?.splice(at, 1);
    return [];
  }

  /** Pairs what arrived at a host with the decisions about it; what has no pair is wrong. */
  async settle(host: string, arrived: () => Witnessed[]): Promise<string[]> {
    const wrongs: string[] = [];
    // While the decision about one is awaited, others arrive.
    for (let batch = arrived(); batch.length > 0; batch = arrived()) {
      for (const witnessed of batch) wrongs.push(...(await this.#pair(host, witnessed)));
    }
    const left = this.#decisions.get(host) ?? [];
    for (const { verdict, status, method, path } of left) {
      if (verdict === "allowed" && status !== null) wrongs.push(`${method} ${path} was answered for ${host}, and never arrived there`);
    }
    // What was on its way when its client left may arrive yet.
    this.#decisions.set(host, left.filter(({ verdict, status }) => verdict === "allowed" && status === null).slice(-KEPT));
    return wrongs;
  }
}

function belongsTo(decision: EgressDecision, witnessed: Witnessed): boolean {
  if (decision.method !== witnessed.method || pathOf(decision.path) !== pathOf(witnessed.target)) return false;
  return decision.verdict !== "refused" || (FOUND_IN_BODY.has(decision.rule) && !witnessed.complete);
}

/** Without the query, whose values events do not hold, and without the origin of an absolute target. */
function pathOf(target: string): string {
  const path = target.replace(/^https:\/\/[^/?]*/i, "").replace(/\?.*$/, "");
  return path === "" ? "/" : path;
}
