import { describe, expect, test } from "vitest";
import { deriveRules } from "../../../../../sidecars/git-gate/scan/scan-rules.ts";

/** GIT-3: no list of the scanner's release, and nothing in a repository, says which files are not looked at. */

const many = Array.from({ length: 120 }, (_, index) => `[[rules]]\nid = "rule-${index}"\nregex = '''x${index}'''\n`).join("\n");

const released = `# comment
title = "gitleaks config"

[allowlist]
description = "global"
paths = [
    '''\\.svg$''',
]
regexes = [
    '''^true$''',
]

[[rules]]
id = "by-path"
description = "Only there"
regex = '''secret'''
path = '''(?i)\\.ya?ml$'''
keywords = ["secret"]

[[rules]]
id = "path-only"
description = "A store"
path = '''\\.p12$'''

[[rules]]
id = "lists"
regex = '''token'''
[[rules.allowlists]]
paths = [
    '''README''',
]
[[rules.allowlists]]
condition = "AND"
paths = ['''x''']
regexes = ['''y''']
[[rules.allowlists]]
paths = ['''x''']
stopwords = ["example"]

${many}`;

describe("the derived rules", () => {
  const { content, byPath, pathOf } = deriveRules(released);

  test("let no path off, and let off nothing more instead", () => {
    expect(content).not.toContain("paths");
    expect(content).not.toContain("condition");
    expect(content).not.toContain("README");
    expect(content).toContain('stopwords = ["example"]');
    expect(content).toContain("'''^true$''',");
  });

  test("keep every rule", () => {
    expect(content.match(/^\[\[rules\]\]$/gm)).toHaveLength(123);
  });

  test("have those for some files apart, without the condition, which is kept beside them", () => {
    expect(byPath.match(/^id = .*$/gm)).toEqual(['id = "by-path"']);
    expect(byPath).not.toContain("path =");
    expect(pathOf.get("by-path")?.path.test("Deep/Values.YML")).toBe(true);
    expect(pathOf.get("path-only")).toMatchObject({ pathOnly: true, description: "A store" });
  });
});

describe("a file that is not in the known form", () => {
  const bad: Readonly<Record<string, string>> = {
    "an unknown part": `${released}\n[extend]\nuseDefault = true\n`,
    "a line that is none": `${released}\nwhat is this\n`,
    "an open list": `${released}\n[[rules]]\nkeywords = [\n`,
    "a condition on paths that we cannot check": released.replace("(?i)", "(?s)"),
    "hardly any rules": '[[rules]]\nid = "one"\n',
    nothing: "",
  };

  test.each(Object.entries(bad))("%s is refused", (_, text) => {
    expect(() => deriveRules(text)).toThrow();
  });
});
