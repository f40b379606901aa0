/** What may be a secret put in the wrong place. The first group, or the whole where there is none, is covered. */
const SHAPES: readonly RegExp[] = [
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/dg,
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|npm_|AKIA|AIza)[\w-]{4,}/dg,
  /:\/\/[^\s/:@]*:([^\s@]+)@/dg,
  // The value of a key that wants a secret's name, where it does not look like a name: GITHUB_TOKEN stays, hunter2 does not.
  /\b[\w-]*(?:token|token_ref|secret|passw(?:or)?d|api[_-]?key|credential|authorization)["']?\s*[:=]\s*(?!["']?[A-Z][A-Z0-9_]*["']?\s*(?:[,}#]|$))(\S.*)$/dg,
  // A variable's literal value; what is asked for, taken from the host, a switch or a small number is none.
  /(?:^|[{,])\s*["']?[A-Z_][A-Z0-9_]*["']?\s*:\s+(?!["']?(?:\?|\$\{)|(?:true|false|null|\d{1,5})\s*(?:[,}#]|$))([^\s,}][^,}]*)/dg,
  // Long words of letters and digits are keys and hashes, not anything that was typed.
  /(?<![\w.-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}(?![\w.-])/dg,
];

/**
 * The line, as long as before, with dots over whatever looks like a credential. An excerpt is shown in windows, terminals and
 * the logs of scripts that check manifests; a token that was pasted where its name belongs must not travel there.
 */
export function coverCredentials(line: string): string {
  return SHAPES.reduce((covered, shape) => {
    let result = covered;
    for (const match of covered.matchAll(shape)) {
      const [start, end] = match.indices?.[1] ?? match.indices?.[0] ?? [0, 0];
      result = result.slice(0, start) + "•".repeat(end - start) + result.slice(end);
    }
    return result;
  }, line);
}
