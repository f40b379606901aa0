import type { AutoRule } from "#common/domain/auto-rule.ts";

/** The rules with one of them so many places further down. */
export function moved(rules: readonly AutoRule[], from: number, by: number): AutoRule[] {
  const to = from + by;
  const rule = rules[from];
  if (!rule || to < 0 || to >= rules.length) return [...rules];
  const others = rules.filter((_, index) => index !== from);
  return [...others.slice(0, to), rule, ...others.slice(to)];
}

/** The rules with another in the place of the one of this name. */
export function replaced(rules: readonly AutoRule[], name: string, rule: AutoRule): AutoRule[] {
  return rules.map((each) => (each.name === name ? rule : each));
}
