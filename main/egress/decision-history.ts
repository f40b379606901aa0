import { decisionText } from "#common/domain/decision-text.ts";
import type { Slug } from "#common/domain/names.ts";
import type { NumberedEvent } from "#common/wire/control.ts";
import type { ArchivePlace, EventArchive } from "./event-archive.ts";
import type { NumberedDecision } from "./traffic.ts";
import { decisionsOf } from "./traffic.ts";

/** A decision as it is looked through. */
export interface KnownDecision extends NumberedDecision {
  /** In lower case. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface Kept {
  place: ArchivePlace | null;
  decisions: KnownDecision[];
  /** Agents ask for the same again and again: each text is held once. */
  texts: Map<string, string>;
  loading: Promise<void>;
}

/** Of all bottles together, some hundred megabytes at worst. One bottle's archive holds some 40,000. */
const MAX_DECISIONS = 120_000;

/**
 * Every archived decision of the bottles that were looked at last, oldest first, in memory: read once, then only what was
 * added. What search, what-if, series, credentials, meter and export are computed from (EGR-7).
 */
export class DecisionHistory {
  readonly #archive: EventArchive;
  readonly #limit: number;
  /** In the order in which they were asked for. */
  readonly #bottles = new Map<Slug, Kept>();

  constructor(archive: EventArchive, limit = MAX_DECISIONS) {
    this.#archive = archive;
    this.#limit = limit;
  }

  async of(slug: Slug): Promise<readonly KnownDecision[]> {
    const kept = this.#touch(slug);
    kept.loading = kept.loading.catch(() => undefined).then(() => this.#readOn(slug, kept));
    await kept.loading;
    this.#forgetLeastUsed();
    return kept.decisions;
  }

  #touch(slug: Slug): Kept {
    const kept = this.#bottles.get(slug) ?? { place: null, decisions: [], texts: new Map(), loading: Promise.resolve() };
    this.#bottles.delete(slug);
    this.#bottles.set(slug, kept);
    return kept;
  }

  #forgetLeastUsed(): void {
    let held = [...this.#bottles.values()].reduce((sum, { decisions }) => sum + decisions.length, 0);
    for (const [slug, { decisions }] of this.#bottles) {
      if (held <= this.#limit || this.#bottles.size === 1) return;
      held -= decisions.length;
      this.#bottles.delete(slug);
    }
  }

  async #readOn(slug: Slug, kept: Kept): Promise<void> {
    const more = await this.#archive.readOn(slug, kept.place);
    kept.place = more?.place ?? null;
    if (more === null) this.#bottles.delete(slug);
    if (more === null) kept.decisions = [];
    else if (more.events.length > 0) kept.decisions = [...kept.decisions, ...known(more.events, kept.texts)].slice(-this.#limit);
    if (kept.texts.size > this.#limit) kept.texts.clear();
  }
}

function known(events: readonly NumberedEvent[], texts: Map<string, string>): KnownDecision[] {
  return decisionsOf(events).map(({ seq, decision }) => {
    const text = decisionText(decision);
    const held = texts.get(text) ?? text;
    texts.set(held, held);
    return { seq, decision, text: held, at: Date.parse(decision.time) };
  });
}
