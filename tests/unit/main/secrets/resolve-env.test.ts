// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of env values
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../main/platform/secret.ts";
import { PromptAnswers } from "../../../../main/secrets/prompt-answers.ts";
import { hostVarsOf, promptsOf, resolveEnv } from "../../../../main/secrets/resolve-env.ts";

const CANARY = "canary-51bb";

describe("values of env (ENV-1)", () => {
  const env = { PLAIN: "value", ASKED: "?Your key", TAKEN: "a-${HOST}-b" };

  test("prompts are asked for until they are answered", () => {
    expect(promptsOf(env)).toEqual([{ name: "ASKED", text: "Your key" }]);
    expect(resolveEnv(env, { hostEnv: { HOST: "h" }, answers: new Map() })).toEqual({
      kind: "needs-input",
      prompts: [{ name: "ASKED", text: "Your key" }],
    });
  });

  test("what was prompted or taken from the host is sealed, literals are not", () => {
    const outcome = resolveEnv(env, { hostEnv: { HOST: CANARY }, answers: new Map([["ASKED", new Secret(CANARY)]]) });
    if (outcome.kind !== "resolved") throw new Error("not resolved");
    expect(outcome.env.literals).toEqual({ PLAIN: "value" });
    expect([...outcome.env.sealed].map(([name, secret]) => [name, secret.reveal()])).toEqual([
      ["ASKED", CANARY],
      ["TAKEN", `a-${CANARY}-b`],
    ]);
    expect(inspect(outcome, { depth: 10 })).not.toContain(CANARY);
  });

  test("a variable that is not set is an error that names it; an empty one is set", () => {
    expect(() => resolveEnv({ A: "${HOST}" }, { hostEnv: {}, answers: new Map() })).toThrow(
      "env.A needs the variable HOST, which is not set",
    );
    expect(resolveEnv({ A: "${HOST}" }, { hostEnv: { HOST: "" }, answers: new Map() }).kind).toBe("resolved");
    expect(hostVarsOf({ A: "${HOST}${OTHER}", B: "${HOST}" })).toEqual(["HOST", "OTHER"]);
  });
});

describe("answers to prompts (ENV-1)", () => {
  const prompts = [{ name: "KEY", text: "Your key" }];

  test("serve later starts of the same bottle, as long as it asks the same", () => {
    const answers = new PromptAnswers();
    answers.keepGiven("dev", prompts, { KEY: CANARY, OTHER: "not asked for" });
    expect(answers.of("dev", prompts).get("KEY")?.reveal()).toBe(CANARY);
    expect(answers.of("dev", [{ name: "OTHER", text: "" }]).size).toBe(0);
    expect(answers.of("other", prompts).size).toBe(0);
    expect(answers.of("dev", [{ name: "KEY", text: "Paste your root password" }]).size).toBe(0);
    expect(inspect(answers, { depth: 10 })).not.toContain(CANARY);
  });

  test("an empty one is none, and what a window sends is taken by name only", () => {
    const answers = new PromptAnswers();
    answers.keepGiven("dev", [...prompts, { name: "constructor", text: "?" }], { KEY: "" });
    expect(answers.of("dev", prompts).size).toBe(0);
  });
});
