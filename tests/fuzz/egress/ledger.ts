import type { EgressDecision } from "#common/domain/decision.ts";
import type { Witnessed } from "./witness.ts";

/** Found out only while the body was on its way: the head has arrived then, the end of the body never may. */
const FOUND_IN_BODY = new Set(["malformed-request", "dlp"]);
const DECIDED_WITHIN_MS = 5000;
const KEPT = 20;

/** What egress says it did, held against what arrived. */
export class Ledger {
  readonly #decisions = new Map<string, EgressDecision[]>();
  /** Requests whose bodies had not come to their end when they were looked at. */
  readonly #open = new Map<string, Witnessed[]>();
  /** Requests alike to one that was open: which decision belongs to which of them, nobody can tell. */
  readonly #mixed = new Set<string>();
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

  /** Pairs what arrived at a host with the decisions about it; what has no pair is wrong. */
  async settle(host: string, arrived: () => Witnessed[]): Promise<string[]> {
    const wrongs: string[] = [];
    const open = this.#open.get(host) ?? [];
    // While the decision about one is awaited, others arrive.
    for (let batch = arrived(); batch.length > 0; batch = arrived()) {
      this.totals.forwarded += batch.length;
      for (const witnessed of batch) {
        if (witnessed.complete) wrongs.push(...(await this.#pair(host, witnessed)));
        else {
          open.push(witnessed);
          this.#mixed.add(keyOf(host, witnessed.method, witnessed.target));
        }
      }
    }
    // What is open comes last: of two that are alike, the decision belongs to the one that is complete.
    const stillOpen: Witnessed[] = [];
    for (const witnessed of open) {
      if (witnessed.complete) wrongs.push(...(await this.#pair(host, witnessed)));
      // Its body is still awaited, so nothing is decided for good: the decision comes with its end, or its connection's.
      else if (!this.#take(host, witnessed)) stillOpen.push(witnessed);
    }
    this.#open.set(host, stillOpen);
    const left = this.#decisions.get(host) ?? [];
    for (const { verdict, status, method, path } of left) {
      if (verdict === "allowed" && status !== null && !this.#mixed.has(keyOf(host, method, path)))
        wrongs.push(`${method} ${path} was answered for ${host}, and never arrived there`);
    }
    // What was on its way when its client left may arrive yet.
    this.#decisions.set(host, left.filter(({ verdict, status }) => verdict === "allowed" && status === null).slice(-KEPT));
    return wrongs;
  }

  /** No connection leads to the host any more: what was open there is decided now. */
  async close(host: string): Promise<string[]> {
    const open = this.#open.get(host) ?? [];
    this.#open.delete(host);
    return (await Promise.all(open.map((witnessed) => this.#pair(host, witnessed)))).flat();
  }

  async #pair(host: string, witnessed: Witnessed): Promise<string[]> {
    await this.waitFor(host, (decision) => belongsTo(decision, witnessed), DECIDED_WITHIN_MS);
    if (this.#take(host, witnessed)) return [];
    return [`${witnessed.method} ${witnessed.target} arrived at ${host} without a decision that allows it`];
  }

  /** Whether there is a decision about it; one decision stands for one request. */
  #take(host: string, witnessed: Witnessed): boolean {
    const decisions = this.#decisions.get(host) ?? [];
    const at = decisions.findIndex((decision) => belongsTo(decision, witnessed));
    if (at !== -1) decisions.splice(at, 1);
    return at !== -1;
  }
}

function belongsTo(decision: EgressDecision, witnessed: Witnessed): boolean {
  if (decision.method !== witnessed.method || pathOf(decision.path) !== pathOf(witnessed.target)) return false;
  return decision.verdict !== "refused" || (FOUND_IN_BODY.has(decision.rule) && !witnessed.complete);
}

function keyOf(host: string, method: string, target: string): string {
  return `${host} ${method} ${pathOf(target)}`;
}

/** Without the query, whose values events do not hold, and without the origin of an absolute target. */
function pathOf(target: string): string {
  const path = target.replace(/^https:\/\/[^/?]*/i, "").replace(/\?.*$/, "");
  return path === "" ? "/" : path;
}
