/** Patterns as Go's RE2 writes them, told to JavaScript, and made to end: nothing in them repeats without a bound. */

/**
 * What Go means by flags in the middle of a group (`p8e-(?i)[a-z]`: to the group's end, in every branch) JavaScript says with groups
 * of their own. Throws at what is in neither dialect: a rule that is misread would be a kind of secret that passes.
 */
export function toJavaScript(pattern: string): string {
  const reader = new Reader(pattern);
  const translated = reader.group();
  if (reader.left !== "") throw new Error(`the pattern has an unmatched bracket: ${pattern}`);
  return translated;
}

/** The most characters that an unbounded repetition may take: more than any credential but a JSON Web Token has. */
export const REPEATED_MOST = 1024;

class Reader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get left(): string {
    return this.#pattern.slice(this.#at);
  }

  /** Up to the bracket that closes it. */
  group(): string {
    let done = "";
    let flags: string | null = null;
    while (this.#at < this.#pattern.length && !this.left.startsWith(")")) {
      const set = this.#take(/^\(\?(-?[is]+)\)/);
      if (set !== null) {
        done += flags === null ? "" : ")";
        flags = set[1] as string;
        done += `(?${flags}:`;
      } else if (this.#take(/^\|/) !== null) {
        done += flags === null ? "|" : `)|(?${flags}:`;
      } else done += this.#piece();
    }
    return flags === null ? done : `${done})`;
  }

  #piece(): string {
    const bounded = this.#take(/^(?:\{(\d+),\}|\+|\*)/);
    if (bounded !== null) return `{${bounded[1] ?? (bounded[0] === "+" ? 1 : 0)},${REPEATED_MOST}}`;
    if (this.#take(/^\\z/) !== null) return "$";
    const open = this.#take(/^\((?:\?:|\?<?[=!]|\?P<\w+>|\?-?[is]+:)?/);
    if (open === null) return this.#single();
    if (open[0] === "(" && this.left.startsWith("?")) throw new Error(`the pattern has an unknown group: ${this.#pattern}`);
    const inside = this.group();
    if (this.#take(/^\)/) === null) throw new Error(`the pattern has an open group: ${this.#pattern}`);
    return `${open[0].startsWith("(?P") ? "(?:" : open[0]}${inside})`;
  }

  #single(): string {
    const single = this.#take(/^(?:\[\^?(?!\])(?:\\.|[^\]\\])+\]|\\x[0-9a-f]{2}|\\[\w./|#?"%+\-${}()[\]*^\\]|\{\d+(?:,\d+)?\}|[^()|\\[])/s);
    if (single === null || /^\\[pPQEAC]/.test(single[0])) throw new Error(`the pattern holds something unknown: ${this.left}`);
    return single[0];
  }

  #take(form: RegExp): RegExpExecArray | null {
    const taken = form.exec(this.left);
    if (taken !== null) this.#at += taken[0].length;
    return taken;
  }
}
