import type { Detector } from "./detector.ts";
import type { KeywordAutomaton } from "./keyword-automaton.ts";
import { buildAutomaton } from "./keyword-automaton.ts";
import { RuleDetector } from "./rule-detector.ts";
import { RULES } from "./rules/gitleaks-rules.ts";
import { secretDetectors } from "./secret-detectors.ts";

/** All that one scan looks for. */
export interface Detectors {
  readonly automaton: KeywordAutomaton;
  /** By the index of a keyword: how long it is, and who wants to be asked where it stands. */
  readonly byKeyword: readonly { readonly length: number; readonly detectors: readonly Detector[] }[];
}

/** Where the bottle's secrets are asked for. */
export interface SecretValues {
  /** Grows with every change. */
  readonly revision: number;
  values(): Iterable<string>;
}

const ruleDetectors = RULES.map((rule) => new RuleDetector(rule));

/** The maintained rules and the bottle's own secrets as they are now; put together anew where a secret changed. */
export class DetectorBook {
  readonly #secrets: SecretValues;
  #current: Detectors | null = null;
  #revision = 0;

  constructor(secrets: SecretValues) {
    this.#secrets = secrets;
  }

  get current(): Detectors {
    if (this.#current === null || this.#revision !== this.#secrets.revision) {
      this.#revision = this.#secrets.revision;
      this.#current = assemble(this.#secrets.values());
    }
    return this.#current;
  }
}

function assemble(secrets: Iterable<string>): Detectors {
  const askedAt = new Map<string, Detector[]>();
  for (const detector of [...ruleDetectors, ...secretDetectors(secrets)]) {
    for (const keyword of detector.keywords) {
      const asked = askedAt.get(keyword);
      if (asked === undefined) askedAt.set(keyword, [detector]);
      else asked.push(detector);
    }
  }
  const keywords = [...askedAt.keys()];
  return {
    automaton: buildAutomaton(keywords),
    byKeyword: [...askedAt.values()].map((detectors, index) => ({ length: (keywords[index] as string).length, detectors })),
  };
}
