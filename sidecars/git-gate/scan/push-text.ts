import { ArchiveFolder } from "./archive-folder.ts";
import { byPathCanary, contentCanary } from "./canary.ts";
import type { Sighting } from "./findings.ts";
import type { PlacedMatch } from "./gitleaks-input.ts";
import { GitleaksInput } from "./gitleaks-input.ts";
import type { Match } from "./gitleaks-report.ts";
import type { Gitleaks } from "./gitleaks-run.ts";
import type { InstalledRules } from "./installed-rules.ts";
import type { LinePiece } from "./line-pieces.ts";
import type { ScanPlace } from "./scan-place.ts";

/** All the text of one push on its way into gitleaks: every rule sees everything, and rules for some files see those besides. */
export class PushText implements AsyncDisposable {
  readonly archives: ArchiveFolder;
  readonly #gitleaks: Gitleaks;
  readonly #rules: InstalledRules;
  readonly #signal: AbortSignal;
  readonly #content: GitleaksInput;
  readonly #pathSightings: Sighting[] = [];
  #byPath: GitleaksInput | null = null;

  constructor(gitleaks: Gitleaks, rules: InstalledRules, signal: AbortSignal) {
    this.#gitleaks = gitleaks;
    this.#rules = rules;
    this.#signal = signal;
    this.#content = new GitleaksInput(gitleaks, rules.contentFile, contentCanary(), signal);
    this.archives = new ArchiveFolder(gitleaks, rules.contentFile, signal);
  }

  /** A file that the push brings or changes: how its lines are to be added from now on. */
  openFile(place: ScanPlace): FileText {
    const path = place.path ?? "";
    const fitting = [...this.#rules.pathOf].filter(([, rule]) => rule.path.test(path));
    for (const [rule, { pathOnly, description }] of fitting)
      if (pathOnly) this.#pathSightings.push({ place, line: null, inner: "", rule, description, match: "", secret: "" });
    const inputs = fitting.some(([, { pathOnly }]) => !pathOnly) ? [this.#content, this.#startByPath()] : [this.#content];
    return (line, piece) => {
      for (const { feed } of inputs) feed.add(place, line, piece);
    };
  }

  add(place: ScanPlace, line: number, text: Buffer): void {
    this.#content.feed.addText(place, line, text);
  }

  addLines(place: ScanPlace, lines: readonly { readonly line: number; readonly bytes: Buffer }[]): void {
    for (const { line, bytes } of lines) this.#content.feed.addLine(place, line, bytes);
    this.#content.feed.endRun();
  }

  async drained(): Promise<void> {
    await this.#content.feed.drained();
    await this.#byPath?.feed.drained();
  }

  async finish(): Promise<readonly Sighting[]> {
    const [content, byPath, inner] = await Promise.all([this.#content.finish(), this.#byPath?.finish() ?? [], this.archives.scan()]);
    const fits = ({ place, match }: PlacedMatch) => this.#rules.pathOf.get(match.RuleID)?.path.test(place.path ?? "") === true;
    return [
      ...content.map((found) => sighting(found, "")),
      ...byPath.filter(fits).map((found) => sighting(found, "")),
      ...inner.map(({ place, inner: path, match }) => sighting({ place, match, line: match.StartLine || null }, path)),
      ...this.#pathSightings,
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.archives[Symbol.asyncDispose]();
  }

  #startByPath(): GitleaksInput {
    this.#byPath ??= new GitleaksInput(this.#gitleaks, this.#rules.byPathFile, byPathCanary(), this.#signal);
    return this.#byPath;
  }
}

/** Adds a piece of one of the file's lines. */
export type FileText = (line: number, piece: LinePiece) => void;

function sighting({ place, line, match }: { place: ScanPlace; line: number | null; match: Match }, inner: string): Sighting {
  return { place, line, inner, rule: match.RuleID, description: match.Description, match: match.Match, secret: match.Secret };
}
