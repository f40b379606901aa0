// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of env values
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseExactly } from "#common/manifest/exact-yaml.ts";
import { parsePlainYaml } from "#common/manifest/plain-yaml.ts";

/** What the exact reader makes of it; null where it refuses. */
function exact(yaml: string): unknown {
  const parsed = parseExactly(yaml, 2);
  return parsed.ok ? (parsed.value.document.toJS() ?? {}) : null;
}

/** Whenever the plain reader answers, the exact one gives the same answer. */
function agree(yaml: string): boolean {
  const plain = parsePlainYaml(yaml);
  if (plain !== null) expect(plain, yaml).toEqual(exact(yaml));
  return plain !== null;
}

const RUNS = 3000;

const key = fc.constantFrom(
  "a",
  "host",
  "git-gate",
  "tool.kit_1",
  "TOKEN",
  "null",
  "True",
  "constructor",
  "__proto__",
  "yes",
  "a b",
  "1",
  "é",
);
const scalar = fc.constantFrom(
  ..."~ null Null tRue true FALSE yes 0 007 12 1e3 1.5 0x1f 0o7 .5 .inf -1 +1 1_000 1.2.3.4 10.0.0.0/8 2nd 12:30 2026-11-22 =".split(" "),
  ..."a b|a #c|a#c|a: b|a:b|a:|ssh://git@h:22/p|?ask|$X|${X}|~/.ssh/id|/v1/|(x)|é|#x|- a|-|a,b|a]|{a|&a|*a|!a|%a|@a|`a|'|\"|'a'|'a''b'|\"a\"|\"a\\n\"|\"a\" b|''".split(
    "|",
  ),
  ..."[]|[a]|[a, b]|[ a , 1 ]|[a,]|[,a]|[a: b]|[a b]|[[a], {b: c}]|{}|{ a: b }|{a: b, a: c}|{a:b}|{a}|{a: }|{ host: x.org, methods: [GET] }|[a] #c|[a]#c|[a] b|[\"a\", 'b']|[*a]".split(
    "|",
  ),
  "|",
  ">",
  "...",
  "",
);
const comment = fc.constantFrom("", "", "", " # why", "   #why", "#x", " ");
const line = fc
  .tuple(fc.constantFrom(0, 0, 1, 2, 2, 3, 4, 4, 6), fc.constantFrom("key", "key", "key", "item", "pair", "loose"), key, scalar, comment)
  .map(([indent, kind, name, value, end]) => {
    const text = { key: `${name}: ${value}`, item: `- ${value}`, pair: `- ${name}: ${value}`, loose: value }[kind as "key"];
    return " ".repeat(indent) + text + end;
  });

describe("the plain reader reads nothing otherwise than the exact one", () => {
  test("lines of all kinds in any order", () => {
    let read = 0;
    const lines = fc.array(line, { maxLength: 6 }).map((all) => all.join("\n"));
    fc.assert(
      fc.property(lines, (yaml) => {
        read += Number(agree(yaml));
      }),
      { numRuns: RUNS },
    );
    // Else the property would hold of a reader that reads nothing.
    expect(read).toBeGreaterThan(RUNS / 50);
  });

  test("a value behind a key", () => {
    fc.assert(
      fc.property(key, scalar, comment, (name, value, end) => void agree(`${name}: ${value}${end}`)),
      { numRuns: RUNS },
    );
  });

  test("any characters", () => {
    const soup = fc.string({
      unit: fc.constantFrom(..."ab1:- #[]{},\"'\n\t|>&*!?%@`~\\.é\u00a0\u1680\u2028\ufeff".split("")),
      maxLength: 30,
    });
    fc.assert(
      fc.property(soup, (yaml) => void agree(yaml)),
      { numRuns: RUNS },
    );
    fc.assert(
      fc.property(soup, (yaml) => void agree(`a:\n  - ${yaml}\n  - b: ${yaml}`)),
      { numRuns: RUNS },
    );
  });

  test("whatever a program writes", () => {
    const plainKey = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,8}$/);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, fc.string(), fc.integer(), fc.boolean(), fc.constant(null), tie("list"), tie("map")),
      list: fc.array(tie("value"), { maxLength: 4 }),
      map: fc.dictionary(plainKey, tie("value"), { maxKeys: 4 }),
    }));
    const options = fc.record({
      indentSeq: fc.boolean(),
      collectionStyle: fc.constantFrom("any" as const, "block" as const, "flow" as const),
    });
    fc.assert(
      fc.property(fc.dictionary(plainKey, value), options, (map, style) => void agree(stringify(map, style))),
      { numRuns: RUNS },
    );
  });
});

test("a space that is none to YAML, wherever a value, a key, an item or a comment could end or begin", () => {
  // Of all characters that JavaScript trims, U+1680 is the one among letters.
  for (const space of "\u00a0\u1680\u2003\u2028\u3000\ufeff") {
    for (const yaml of ["a: x_", "a: _x", "_a: x", "a: [x_]", "a: {b: x_}", "a: x_#c", "a:_", "a: x\n_", "_#c", 'a: "x"_', "a:\n  - x_"]) {
      agree(yaml.replace("_", space));
    }
  }
});

test("reads what manifests look like without the exact reader", () => {
  const yaml = `# A comment
extends: base
env:
  # why
  LITERAL: value here
  ASKED: "?API key"
  TAKEN: prefix-\${HOST_VAR}   # aligned
agent_provider:
  template: claude
git-gate:
  user: { name: Ada Lovelace, email: ada@example.org }
  repos:
    tool:
      url: ssh://git@git.example.org:2222/owner/tool.git
      identity: ~/.ssh/id_ed25519
      allow_force: false
egress:
  routes:
  - host: api.example.org
    path_allowlist: [/v1/, /v2]
    auth: { scheme: token, token_ref: API_TOKEN }

  - host: b.example.org
    methods:
      - GET
      - POST
  budget: { tokens_per_day: 1000, on_limit: stop }
supervise: true
empty:`;
  expect(agree(yaml)).toBe(true);
});
