import { describe, expect, test } from "vitest";
import { parseAgentManifest, parseBottleManifest } from "#common/manifest/parse-manifest.ts";
import type { Checked, Problem } from "#common/manifest/problem.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function accepted<T>(checked: Checked<T>): T {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

function refused(checked: Checked<unknown>): readonly Problem[] {
  if (checked.ok) throw new Error("was accepted");
  return checked.problems;
}

describe("a bottle that uses every key (MAN-3…MAN-6)", () => {
  const text = `---
extends: base
env:
  LITERAL: value
  ASKED: "?API key"
  TAKEN: "prefix-\${HOST_VAR}"
agent_provider:
  template: claude
  dockerfile: ./Dockerfile
  auth_token: CLAUDE_TOKEN
git-gate:
  user: { name: Ada, email: ada@example.org }
  repos:
    tool.kit_1:
      url: ssh://git@git.example.org:2222/owner/tool.git
      identity: ~/.ssh/id_ed25519
      host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF/p8eu48sUiFiPfJ/1ZYtJhp9hbkkMQ1MsV08+X9zin
      allow_force: false
      allow_delete: true
      on_finding: hold
      review: always
egress:
  routes:
    - host: API.Example.ORG.
      path_allowlist: [/v1/, /v2]
      methods: [GET, POST]
      auth: { scheme: token, token_ref: API_TOKEN }
      websocket: true
      strip: { headers: [X-Api-Key], query_keys: [key], cookies: [session] }
      pipelock: { tls_passthrough: true, ssrf_ip_allowlist: [10.0.0.0/8, "fd00::/8", 192.168.1.1] }
    - host: bücher.example
    - host: upstream.test
    - host: intranet
  budget: { usd_per_day: 2.5, on_limit: stop }
supervise: true
---

# A bottle

Its description.
`;

  test("is accepted, with canonical hosts and its body", () => {
    const { frontmatter, body } = accepted(parseBottleManifest(bytes(text)));
    expect(frontmatter.egress?.routes?.map(({ host }) => host)).toEqual([
      "api.example.org",
      "xn--bcher-kva.example",
      "upstream.test",
      "intranet",
    ]);
    expect(frontmatter.egress?.routes?.[0]).toMatchObject({ auth: { scheme: "token", token_ref: "API_TOKEN" }, methods: ["GET", "POST"] });
    expect(frontmatter["git-gate"]?.repos?.["tool.kit_1"]?.on_finding).toBe("hold");
    expect(body).toBe("# A bottle\n\nIts description.");
  });

  test("knows line and column of each key and item", () => {
    const { locate } = accepted(parseBottleManifest(bytes(text)));
    expect(locate(["extends"])).toEqual({ line: 2, column: 1, endColumn: 8 });
    expect(locate(["egress", "routes", 1, "host"])).toEqual({ line: 31, column: 7, endColumn: 11 });
    expect(locate(["egress", "routes", 9, "host"])).toEqual({ line: 23, column: 3, endColumn: 9 });
  });
});

describe("forms of a file", () => {
  test.each([
    ["byte order mark", "\u{feff}---\nbottle: demo\n---\nHello"],
    ["CRLF line ends", "---\r\nbottle: demo\r\n---\r\nHello"],
    ["CR line ends", "---\rbottle: demo\r---\rHello"],
    ["space after the fences", "--- \nbottle: demo\n---\t\nHello"],
    ["a document end marker", "---\nbottle: demo\n...\n---\nHello"],
    ["comments", "---\n# why\nbottle: demo # because\n---\n\nHello\n\n"],
  ])("%s", (_form, text) => {
    const { frontmatter, body } = accepted(parseAgentManifest(bytes(text)));
    expect([frontmatter.bottle, body]).toEqual(["demo", "Hello"]);
  });

  test("a line --- in the body is a rule, not a fence", () => {
    expect(accepted(parseAgentManifest(bytes("---\nbottle: demo\n---\na\n\n---\n\nb"))).body).toBe("a\n\n---\n\nb");
  });

  test("an empty bottle is valid: it reaches nothing", () => {
    expect(accepted(parseBottleManifest(bytes("---\n---\n"))).frontmatter).toEqual({});
  });

  test("keys of a Claude Code subagent are accepted and ignored (MAN-3)", () => {
    const text = "---\nname: reviewer\ndescription: Reviews\nmodel: opus\ncolor: blue\nmemory: user\nbottle: demo\nskills: [review]\n---\n";
    expect(accepted(parseAgentManifest(bytes(text))).frontmatter).toMatchObject({ bottle: "demo", skills: ["review"] });
  });

  test("lines are right after CRLF, and columns after indentation", () => {
    expect(refused(parseBottleManifest(bytes("---\r\nenv:\r\n    A: 1\r\n---\r\n")))).toEqual([
      { line: 3, column: 5, endColumn: 6, message: "env.A must be text, not a number; put it in quotes", excerpt: "    A: 1\n    ^" },
    ]);
  });

  test("all problems of a file come at once, in its order", () => {
    const problems = refused(parseBottleManifest(bytes("---\nsupervise: 1\nenvs: {}\nenv: []\n---\n")));
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4]);
  });
});

describe("hostile files", () => {
  const inFrontmatter = (yaml: string) => bytes(`---\n${yaml}\n---\n`);
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefghi".split("").map((name, index) => `${name}: &${name} [${`*${"abcdefgh"[index]},`.repeat(9)}]`),
  ].join("\n");

  test.each([
    ["ten megabytes", new Uint8Array(10_000_000).fill(0x61), 1, "the file has 10000000 bytes; a manifest may have at most 1048576"],
    ["a long frontmatter", inFrontmatter(`a: ${"x".repeat(200_000)}`), 1, "the frontmatter has 200003 characters; at most 131072 are read"],
    ["NUL in the body", bytes("---\nbottle: demo\n---\na\0b"), 4, "the file holds a NUL character; it is not a text file"],
    ["an escape character", bytes("---\nbottle: demo\nx: \u001b[2J\n---\n"), 3, "the frontmatter holds a control character; remove it"],
    [
      "Latin-1",
      Uint8Array.from([...bytes("---\nbottle: demo\n---\ncaf"), 0xe9]),
      4,
      "the file is not UTF-8 text; save it with UTF-8 encoding",
    ],
    ["UTF-16", Uint8Array.from([0xff, 0xfe, 0x2d, 0x00]), 1, "the file is not UTF-8 text; save it with UTF-8 encoding"],
    ["an alias bomb", inFrontmatter(bomb), 3, "aliases (*name) are not supported in manifests; write the value out"],
    ["a circular alias", inFrontmatter("model: &a [*a]"), 2, "aliases (*name) are not supported in manifests; write the value out"],
    ["deep flow lists", inFrontmatter(`a: ${"[".repeat(100_000)}`), 2, "lists and maps are nested too deeply here"],
    ["deep explicit keys", inFrontmatter(`a:\n ${"? ".repeat(50_000)}`), 3, "lists and maps are nested too deeply here"],
  ])("%s", (_case, content, line, message) => {
    const [first] = refused(parseAgentManifest(content));
    expect(first).toMatchObject({ line, message });
  });

  test("many unknown keys are told in a bounded number of problems", () => {
    const yaml = Array.from({ length: 10_000 }, (_, index) => `key${index}: 1`).join("\n");
    expect(refused(parseBottleManifest(inFrontmatter(yaml)))).toHaveLength(50);
  });

  test("and so is one key that is given ten thousand times", () => {
    expect(refused(parseBottleManifest(inFrontmatter("a: 1\n".repeat(10_000))))).toHaveLength(50);
  });

  test("reserved keys change nobody's prototype", () => {
    refused(parseBottleManifest(inFrontmatter("env:\n  __proto__: { polluted: yes }")));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("a key cannot write to the terminal it is printed on", () => {
    const [problem] = refused(parseBottleManifest(inFrontmatter('"\\e[31m\\u202e": 1')));
    expect(problem?.message).toMatch(/^unknown key "\\u\{1b\}\[31m\\u\{202e\}"/);
  });
});
