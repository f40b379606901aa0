// `node derive-rules.ts GITLEAKS.TOML` writes gitleaks-rules.ts anew from the configuration of a gitleaks release. A test holds the two together.
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import type { ContentRule } from "./content-rule.ts";
import { toJavaScript } from "./go-pattern.ts";
import { longestMatch } from "./longest-match.ts";
import { LEFT_OUT, REWRITTEN } from "./rule-decisions.ts";

const Exemption = z.strictObject({
  description: z.string().optional(),
  condition: z.enum(["AND", "OR"]).optional(),
  regexTarget: z.enum(["match", "line"]).optional(),
  regexes: z.array(z.string()).default([]),
  stopwords: z.array(z.string()).default([]),
  paths: z.array(z.string()).default([]),
});

const ReleasedRule = z.strictObject({
  id: z.string(),
  description: z.string(),
  regex: z.string().optional(),
  /** Left out: what leaves has no path. */
  path: z.string().optional(),
  entropy: z.number().default(0),
  keywords: z.array(z.string()).default([]),
  allowlists: z.array(Exemption).default([]),
});

const Release = z.strictObject({ title: z.string(), allowlist: Exemption, rules: z.array(ReleasedRule).min(200) });

export interface DerivedRules {
  readonly rules: readonly ContentRule[];
  /** What is no secret by any rule. */
  readonly exempt: readonly string[];
  readonly stopwords: readonly string[];
}

/** Throws at whatever it does not know: a rule lost on the way would be a kind of secret that passes. */
export function deriveRules(released: string): DerivedRules {
  const { rules, allowlist } = Release.parse(parse(released));
  for (const id of [...Object.keys(LEFT_OUT), ...Object.keys(REWRITTEN)]) {
    if (!rules.some((rule) => rule.id === id)) throw new Error(`the release has no rule ${id}`);
  }
  return {
    rules: rules.filter(({ id }) => !(id in LEFT_OUT)).map(derive),
    exempt: allowlist.regexes.filter((pattern) => pattern !== UNANCHORED).map(toJavaScript),
    stopwords: allowlist.stopwords,
  };
}

// Meant are three words; written is that whatever holds "false" or ends in "null" is no secret.
const UNANCHORED = "(?i)^true|false|null$";

// "api_key", "my-api-key" and so on: a match is the same with and without it, and begins at the keyword without.
const LEAD = String.raw`[\w.-]{0,50}?`;

// What ends a credential in a file. In addresses, forms and markup other things do; a token that its own letters tell needs no more
// than an end, while a value that a name before it tells would be found in too much.
const CLOSE = String.raw`(?:[\x60'"\s;]|\\[nr]|$)`;
const AFTER_A_VALUE = String.raw`(?:[\x60'"\s;&<\x00]|\\[nr]|$)`;
const AFTER_A_TOKEN = String.raw`(?:[^\w-]|$)`;

function derive(rule: z.infer<typeof ReleasedRule>): ContentRule {
  const rewritten = REWRITTEN[rule.id];
  const released = rewritten?.pattern ?? rule.regex;
  if (released === undefined) throw new Error(`the rule ${rule.id} has no pattern`);
  const ignoreCase = released.startsWith("(?i)");
  const whole = ignoreCase ? released.slice("(?i)".length) : released;
  const pattern = toJavaScript(whole.replaceAll(LEAD, "").replaceAll(CLOSE, whole.includes(LEAD) ? AFTER_A_VALUE : AFTER_A_TOKEN));
  return {
    id: rule.id,
    description: rule.description,
    keywords: [...new Set((rewritten?.keywords ?? rule.keywords).map((keyword) => keyword.toLowerCase()))],
    pattern,
    ignoreCase,
    entropy: rule.entropy,
    longest: longestMatch(pattern),
    // Whoever lets off by path lets nothing off here.
    exempt: rule.allowlists
      .filter(({ paths, regexes }) => paths.length === 0 && regexes.length > 0)
      .map(({ regexTarget, regexes }) => ({ of: regexTarget ?? "secret", patterns: regexes.map(toJavaScript) })),
    stopwords: rule.allowlists.filter(({ paths }) => paths.length === 0).flatMap(({ stopwords }) => stopwords),
  };
}

async function write(releasedFile: string): Promise<void> {
  const { rules, exempt, stopwords } = deriveRules(await readFile(releasedFile, "utf8"));
  const file = join(import.meta.dirname, "gitleaks-rules.ts");
  const text = `// Made by derive-rules.ts from a release of gitleaks (its licence: gitleaks.LICENSE): do not edit.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: patterns that hold what shells and actions put in place of a secret.
import type { ContentRule } from "./content-rule.ts";

export const EXEMPT: readonly string[] = ${JSON.stringify(exempt)};

export const STOPWORDS: readonly string[] = ${JSON.stringify(stopwords)};

export const RULES: readonly ContentRule[] = ${JSON.stringify(rules)};
`;
  await writeFile(file, text);
  execFileSync("biome", ["check", "--write", file], { stdio: "inherit" });
}

if (import.meta.main) await write(process.argv[2] ?? "gitleaks.toml");
