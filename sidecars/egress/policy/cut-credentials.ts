import type { CredentialCuts } from "#common/wire/control.ts";

/** What the operator has cut off: the kill switch for one credential, or for all (EGR-7). */
export class CutCredentials {
  #all: boolean;
  #refs: ReadonlySet<string>;

  constructor(cuts: CredentialCuts) {
    this.#all = cuts.all;
    this.#refs = new Set(cuts.refs);
  }

  has(tokenRef: string): boolean {
    return this.#all || this.#refs.has(tokenRef);
  }

  /** Returns what is cut now and was not before. */
  set(cuts: CredentialCuts): (tokenRef: string) => boolean {
    const before = { all: this.#all, refs: this.#refs };
    this.#all = cuts.all;
    this.#refs = new Set(cuts.refs);
    return (tokenRef) => this.has(tokenRef) && !before.all && !before.refs.has(tokenRef);
  }
}
