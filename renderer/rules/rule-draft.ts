import { AutoRule } from "#common/domain/auto-rule.ts";
import type { ProposalTool } from "#common/domain/proposal.ts";
import { distinct } from "../proposals/edit/distinct.ts";
import type { ScopeKind } from "../proposals/scopes.ts";
import { countedScope, scopeOf } from "../proposals/scopes.ts";

type Tool = (typeof ProposalTool)["options"][number];

/** A rule as its dialog holds it. */
export interface RuleDraft {
  readonly name: string;
  readonly enabled: boolean;
  readonly verdict: AutoRule["verdict"];
  /** Empty: every bottle. */
  readonly bottle: string;
  readonly hosts: string;
  readonly methods: string;
  readonly tools: readonly Tool[];
  readonly scope: ScopeKind;
  readonly count: string;
  readonly note: string;
}

/** A new rule refuses: what opens something is asked for by name. It is off until the operator has read its sentence. */
export const newRule: RuleDraft = {
  name: "",
  enabled: false,
  verdict: "reject",
  bottle: "",
  hosts: "",
  methods: "GET HEAD",
  tools: [],
  scope: "minutes",
  count: "60",
  note: "",
};

export function draftOfRule(rule: AutoRule): RuleDraft {
  const { name, enabled, verdict, note } = rule;
  const common = { ...newRule, name, enabled, verdict, note, bottle: rule.bottle ?? "", hosts: rule.hosts.join("\n") };
  if (rule.verdict === "reject") return { ...common, tools: rule.tools };
  const { scope } = rule;
  const count = scope.kind === "minutes" ? scope.minutes : scope.kind === "requests" ? scope.requests : 60;
  return { ...common, methods: rule.methods.join(" "), scope: scope.kind, count: String(count) };
}

export type RuleField = "name" | "bottle" | "hosts" | "methods" | "count" | "note";
export type RuleResult = { ok: true; rule: AutoRule } | { ok: false; problems: Partial<Record<RuleField, string>> };

function candidate(draft: RuleDraft): unknown {
  const common = {
    name: draft.name,
    enabled: draft.enabled,
    bottle: draft.bottle.trim() === "" ? null : draft.bottle.trim(),
    hosts: distinct(draft.hosts.toLowerCase(), /[\s,]+/),
    note: draft.note,
  };
  if (draft.verdict === "reject") return { ...common, verdict: "reject", tools: draft.tools };
  const scope = draft.scope === "minutes" || draft.scope === "requests" ? countedScope(draft.scope, draft.count) : scopeOf(draft.scope);
  return { ...common, verdict: "approve", methods: distinct(draft.methods.toUpperCase(), /[\s,]+/), scope };
}

const fieldOf: Record<string, RuleField> = {
  name: "name",
  bottle: "bottle",
  hosts: "hosts",
  methods: "methods",
  scope: "count",
  note: "note",
};

function problemAt(field: RuleField, message: string): string {
  if (field === "name") return "A name of at most 60 characters is needed.";
  if (field === "count") return "A whole number is needed.";
  if (field === "bottle") return "An approval is for one bottle: name it.";
  if (field === "methods") return /capitals|CONNECT/.test(message) ? `Methods: ${message}.` : "Name at least one method.";
  return field === "hosts" ? `Hosts: ${message}.` : "At most 1,000 characters.";
}

/** The rule a draft stands for, or what is wrong with each field. `taken`: the names of the other rules. */
export function ruleOf(draft: RuleDraft, taken: readonly string[]): RuleResult {
  const parsed = AutoRule.safeParse(candidate(draft));
  const problems: Partial<Record<RuleField, string>> = {};
  if (taken.includes(draft.name.trim())) problems.name = "Another rule has this name.";
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const field = fieldOf[String(issue.path[0])];
      if (field) problems[field] ??= problemAt(field, issue.message);
    }
  }
  return parsed.success && Object.keys(problems).length === 0 ? { ok: true, rule: parsed.data } : { ok: false, problems };
}
