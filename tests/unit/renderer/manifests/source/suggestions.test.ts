import { describe, expect, test } from "vitest";
import { editorSchema } from "#common/manifest/editor-schema.ts";
import { cursorSpot } from "../../../../../renderer/manifests/source/cursor-spot.ts";
import { outlineOf } from "../../../../../renderer/manifests/source/frontmatter-outline.ts";
import { JsonSchema } from "../../../../../renderer/manifests/source/json-schema.ts";
import { suggestionsAt } from "../../../../../renderer/manifests/source/suggestions.ts";

const names = { bottles: ["base", "dev"], providers: ["claude", "shell"], skills: ["style"], tokenRefs: ["GITEA_PAT"] };
const schemas = { bottle: JsonSchema.parse(editorSchema("bottle")), agent: JsonSchema.parse(editorSchema("agent")) };

/** The text with `|` where the cursor is. */
function at(marked: string) {
  const offset = marked.indexOf("|");
  const source = marked.replace("|", "");
  return { source, spot: cursorSpot(source, offset) };
}

function offered(marked: string, kind: "bottle" | "agent" = "bottle"): string[] {
  const { source, spot } = at(marked);
  return spot ? suggestionsAt(spot, schemas[kind], outlineOf(source), names).map(({ label }) => label) : [];
}

describe("MAN-10: what is offered at the cursor", () => {
  test("the top's keys that are not written yet", () => {
    expect(offered("---\nsupervise: true\n|\n---\n")).toEqual(["extends", "env", "agent_provider", "git-gate", "egress"]);
    expect(offered("---\negr|\n---\n")).toContain("egress");
  });

  test("the keys of the map the cursor is indented into, in a list item without those it has", () => {
    const keys = offered("---\negress:\n  routes:\n    - host: a\n      methods: [GET]\n      |\n    - host: b\n      auth: {}\n---\n");
    expect(keys).toContain("auth");
    expect(keys).not.toContain("host");
    expect(keys).not.toContain("methods");
    expect(keys, "reserved: any value is an error").not.toContain("role");
    expect(offered("---\negress:\n  routes:\n    - |\n---\n")).toContain("host");
    expect(offered("---\negress:\n  |\n---\n")).toEqual(["routes", "budget"]);
  });

  test.each([
    ["a choice", "---\ngit-gate:\n  repos:\n    api:\n      on_finding: |\n---\n", ["refuse", "hold"]],
    ["true or false", "---\nsupervise: |\n---\n", ["true", "false"]],
    ["bottles", "---\nextends: b|\n---\n", ["base", "dev"]],
    ["providers", "---\nagent_provider:\n  template: |\n---\n", ["claude", "shell"]],
    ["token refs", "---\nagent_provider:\n  auth_token: |\n---\n", ["GITEA_PAT"]],
    [
      "keys in braces",
      "---\nagent_provider: { template: claude, | }\n---\n",
      ["template", "dockerfile", "auth_token", "forward_host_credentials"],
    ],
    ["values in braces", "---\negress:\n  routes:\n    - host: a\n      auth: { scheme: | }\n---\n", ["Bearer", "token"]],
  ])("%s", (_what, marked, expected) => {
    expect(offered(marked)).toEqual(expected);
  });

  test("methods, in brackets and one a line", () => {
    const inBrackets = "---\negress:\n  routes:\n    - host: a\n      methods: [GET, |]\n---\n";
    expect(offered(inBrackets)).toContain("POST");
    expect(offered("---\negress:\n  routes:\n    - host: a\n      methods:\n        - P|\n---\n")).toContain("PUT");
  });

  test("an agent's bottle and skills", () => {
    expect(offered("---\nbottle: |\n---\n", "agent")).toEqual(["base", "dev"]);
    expect(offered("---\nbottle: dev\nskills: [|]\n---\n", "agent")).toEqual(["style"]);
  });

  test.each([
    ["in the body", "---\nsupervise: true\n---\nsup|\n"],
    ["in a comment", "---\n# sup|\n---\n"],
    ["in a block of text", "---\nenv:\n  A: |\n    sup\u200b|\n---\n".replace("A: |", "A: >")],
    ["in an open quote", '---\nenv: { A: "x|\n---\n'],
    ["on the first line", "-|--\n---\n"],
    ["below a key that takes text", "---\nextends: base\n  |\n---\n"],
  ])("nothing %s", (_where, marked) => {
    expect(offered(marked)).toEqual([]);
  });

  test("the word under the cursor is what is replaced", () => {
    const { source, spot } = at("---\negress:\n  rou|\n---\n");
    expect(spot && source.slice(spot.from)).toMatch(/^rou/);
    expect(spot?.word).toBe("rou");
  });

  test("keys are written with what their value needs", () => {
    const templates = (marked: string) => {
      const { source, spot } = at(marked);
      const found = spot ? suggestionsAt(spot, schemas.bottle, outlineOf(source), names) : [];
      return Object.fromEntries(found.map(({ label, template }) => [label, template]));
    };
    const cursor = `\${}`;
    expect(templates("---\n|\n---\n")).toMatchObject({ extends: `extends: ${cursor}`, egress: `egress:\n  ${cursor}` });
    expect(templates("---\negress:\n  |\n---\n")).toMatchObject({ routes: `routes:\n    - ${cursor}` });
    expect(templates("---\negress:\n  routes:\n    - |\n---\n")).toMatchObject({ methods: `methods: [${cursor}]` });
  });
});
