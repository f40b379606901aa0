import type { Canary } from "./canary.ts";
import type { RunningChild } from "./child-process.ts";
import type { Match } from "./gitleaks-report.ts";
import type { Gitleaks } from "./gitleaks-run.ts";
import { matchesCanary, readMatches, startGitleaks } from "./gitleaks-run.ts";
import { ScanError } from "./scan-limits.ts";
import type { ScanPlace } from "./scan-place.ts";
import { PlaceIndex } from "./scan-place.ts";
import { SectionFeed } from "./section-feed.ts";

export interface PlacedMatch {
  readonly place: ScanPlace;
  readonly line: number | null;
  readonly match: Match;
}

const NOWHERE: ScanPlace = { commit: null, place: "file", path: null, before: false };

/** One gitleaks that reads texts from us, from its start to its report. */
export class GitleaksInput {
  readonly feed: SectionFeed;
  readonly #places = new PlaceIndex();
  readonly #child: RunningChild;
  readonly #gitleaks: Gitleaks;
  readonly #canary: Canary;

  constructor(gitleaks: Gitleaks, config: string, canary: Canary, signal: AbortSignal) {
    this.#gitleaks = gitleaks;
    this.#canary = canary;
    this.#child = startGitleaks(gitleaks, config, { mode: "stdin" }, signal);
    this.feed = new SectionFeed(this.#child.stdin, this.#places, gitleaks.limits);
  }

  /** The canary goes in last: it is reported only by a scanner that read everything before it. */
  async finish(): Promise<readonly PlacedMatch[]> {
    this.feed.endRun();
    const line = this.feed.inputLine;
    this.feed.addText(NOWHERE, 0, Buffer.from(this.#canary.line));
    await this.feed.flush();
    this.#child.stdin.end();
    const matches = await readMatches(this.#child, matchesCanary(this.#canary, line), this.#gitleaks.limits);
    return matches.map((match) => this.#place(match)).toSorted(byPosition);
  }

  #place(match: Match): PlacedMatch {
    const found = this.#places.find(match.StartLine);
    if (found === null || found.place === NOWHERE) throw new ScanError("the scanner's report names a line that is not there");
    return { ...found, match };
  }
}

/** Gitleaks tries its rules in no order; the same push is to be told the same way each time. */
function byPosition({ match: a }: PlacedMatch, { match: b }: PlacedMatch): number {
  return a.StartLine - b.StartLine || (a.RuleID < b.RuleID ? -1 : Number(a.RuleID > b.RuleID));
}
