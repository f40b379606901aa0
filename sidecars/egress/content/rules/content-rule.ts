/** A kind of credential, as the scan looks for it. */
export interface ContentRule {
  /** As gitleaks names it; what `allowFindings` of a route names. */
  readonly id: string;
  readonly description: string;
  /** In lower case. Where one of them stands, in either case, a match may begin there. */
  readonly keywords: readonly string[];
  /** Matched where the keyword begins, and nowhere else. The first group that took part is the secret, or else the match. */
  readonly pattern: string;
  readonly ignoreCase: boolean;
  /** Bits a character that the secret must have at least. */
  readonly entropy: number;
  /** Characters that a match can have. */
  readonly longest: number;
  /** What is no secret although it looks like one: these, in the secret, the match or its line. */
  readonly exempt: readonly { readonly of: "secret" | "match" | "line"; readonly patterns: readonly string[] }[];
  readonly stopwords: readonly string[];
}
