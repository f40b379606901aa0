// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of env values
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../main/platform/secret.ts";
import { missingHostVars, resolveEnv } from "../../../../main/secrets/resolve-env.ts";
import { missingTokenRefs, resolveTokenRefs } from "../../../../main/secrets/token-refs.ts";

const CANARY = "canary-51bb";

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}

describe("token refs resolve from the operator's environment (ENV-2)", () => {
  test("each once", () => {
    const resolved = resolveTokenRefs(["A", "B", "A"], { A: CANARY, B: "b", C: "c" });
    expect([...resolved].map(([ref, secret]) => [ref, secret.reveal()])).toEqual([
      ["A", CANARY],
      ["B", "b"],
    ]);
    expect(inspect(resolved)).not.toContain(CANARY);
  });

  test("missing and empty ones are named, with how to set them", () => {
    const error = thrownBy(() => resolveTokenRefs(["A", "B", "C"], { A: CANARY, B: "" }));
    expect(error).toMatchObject({
      code: "secret-missing",
      message: "the secrets B, C are not set",
      hint: "Set it in the environment that starts bot-bottle: export B=…",
    });
    expect(missingTokenRefs(["A", "B", "C"], { A: CANARY, B: "" })).toEqual(["B", "C"]);
  });

  test.each([["line\nbreak"], ["carriage\r\nX-Evil: 1"], [" space"], ["ümlaut"], ["nul\0"]])(
    "a value that could add a header is refused: %j",
    (text) => {
      const error = thrownBy(() => resolveTokenRefs(["A"], { A: `${CANARY}${text}` }));
      expect(error).toMatchObject({ code: "bad-input" });
      expect(inspect(error, { depth: 10 })).not.toContain(CANARY);
    },
  );
});

describe("values of env (ENV-1)", () => {
  const env = { PLAIN: "value", ASKED: "?Your key", TAKEN: "a-${HOST}-b" };

  test("prompts are asked for until they are answered", () => {
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
    expect(thrownBy(() => resolveEnv({ A: "${HOST}" }, { hostEnv: {}, answers: new Map() }))).toMatchObject({
      code: "secret-missing",
      message: "env.A needs the variable HOST, which is not set",
    });
    expect(resolveEnv({ A: "${HOST}" }, { hostEnv: { HOST: "" }, answers: new Map() }).kind).toBe("resolved");
    expect(missingHostVars({ A: "${HOST}${OTHER}", B: "${HOST}" }, { OTHER: "" })).toEqual(["HOST"]);
  });
});
