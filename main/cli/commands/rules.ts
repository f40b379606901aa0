import { AutoRule } from "#common/domain/auto-rule.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { inert } from "../inert.ts";
import type { SpanOptions } from "../span.ts";
import { scopeOf, spanText } from "../span.ts";
import { formatTable } from "../table.ts";
import { parseMethod } from "./approve.ts";

export interface RuleOptions extends SpanOptions {
  readonly reject?: boolean;
  readonly approve?: boolean;
  readonly bottle?: string;
  readonly host?: readonly string[];
  readonly method?: readonly string[];
  readonly tool?: readonly string[];
  readonly note: string;
}

export async function listRules(command: Command): Promise<number> {
  const { services } = await command.product();
  const rules = await services.rules.list();
  command.output.result({ rules }, () =>
    rules.length === 0
      ? "No rules: every proposal waits for you."
      : formatTable(
          ["RULE", "STATE", "DOES", "BOTTLE", "HOSTS", "ONLY", "HOLDS"],
          rules.map((rule) => [
            inert(rule.name),
            rule.enabled ? "on" : "off",
            rule.verdict,
            rule.bottle ?? "any",
            rule.hosts.join(" ") || "any",
            rule.verdict === "approve" ? rule.methods.join(",") : rule.tools.join(" ") || "any tool",
            rule.verdict === "approve" ? spanText(rule.scope) : "",
          ]),
        ),
  );
  return EXIT.ok;
}

export async function addRule(command: Command, name: string, options: RuleOptions): Promise<number> {
  const { services } = await command.product();
  const seen = await services.rules.list();
  const rule = ruleOf(name, options);
  await services.rules.save([...seen, rule], seen);
  command.output.result({ rule }, () => `${inert(rule.name)} decides from now on, while the panel runs`);
  return EXIT.ok;
}

export async function changeRule(command: Command, verb: "remove" | "enable" | "disable", name: string): Promise<number> {
  const { services } = await command.product();
  const seen = await services.rules.list();
  if (!seen.some((rule) => rule.name === name)) {
    throw new OperatorError("not-found", { message: `There is no rule ${JSON.stringify(name)}`, hint: "See them with `bot-bottle rules`" });
  }
  const rules =
    verb === "remove"
      ? seen.filter((rule) => rule.name !== name)
      : seen.map((rule) => (rule.name === name ? { ...rule, enabled: verb === "enable" } : rule));
  await services.rules.save(rules, seen);
  command.output.result({ name, done: verb }, () => `${inert(name)}: ${verb}d`);
  return EXIT.ok;
}

function ruleOf(name: string, options: RuleOptions): AutoRule {
  const { reject, approve, bottle = null, host = [], method = [], tool = [], note } = options;
  if ((reject === true) === (approve === true))
    throw new OperatorError("bad-input", { message: "A rule either says --reject or --approve" });
  const common = { name, enabled: true, bottle, hosts: host, note };
  const parsed = AutoRule.safeParse(
    approve === true
      ? { ...common, verdict: "approve", methods: method.map(parseMethod), scope: scopeOf(options) ?? { kind: "bottle" } }
      : { ...common, verdict: "reject", tools: tool },
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OperatorError("bad-input", {
    message: `This is no rule: ${issue?.path.join(".")} ${issue?.message}`,
    hint: "See `bot-bottle rules add --help`",
  });
}
