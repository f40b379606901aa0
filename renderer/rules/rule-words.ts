import type { AutoRule } from "#common/domain/auto-rule.ts";
import { scopeWords, toolWords } from "../proposals/words.ts";

function listed(words: readonly string[], last: "and" | "or"): string {
  if (words.length <= 1) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

function whose(rule: AutoRule): string {
  return rule.bottle === null ? "any bottle" : `bottle ${rule.bottle}`;
}

/** What a rule does, in one sentence. */
export function ruleSentence(rule: AutoRule): string {
  const where = rule.hosts.length > 0 ? ` to ${listed(rule.hosts, "or")}` : "";
  if (rule.verdict === "approve")
    return `Approves ${listed(rule.methods, "and")} requests of ${whose(rule)}${where} ${scopeWords(rule.scope)}, without a credential.`;
  const what =
    rule.tools.length > 0
      ? listed(
          rule.tools.map((tool) => toolWords[tool].toLowerCase()),
          "or",
        )
      : "everything";
  return `Rejects ${what === "everything" ? what : `a proposal of ${what}`} from ${whose(rule)}${where}.`;
}
