import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editManifest, readManifestData } from "#common/manifest/edit/edit-manifest.ts";
import type { Change, Json } from "#common/manifest/edit/expand-change.ts";

const BOTTLE = `---
# Who may do what
extends:   base     # aligned by hand
env:
  A: "1"   # quoted
  # about B
  B: 'two'

egress:
  routes:
    - host: a.example      # exactly this
      methods: [GET, POST]
    # the second one
    - host: b.example
      auth: { scheme: Bearer, token_ref: T }
  budget: { usd_per_day: 2 }

# at the end
supervise: true
---

# Description
`;

function edit(source: string, changes: readonly Change[], body: string | null = null): string {
  const edited = editManifest(source, changes, body);
  if (!edited.ok) throw new Error(JSON.stringify(edited.problems));
  return edited.value;
}

/** What became of the text, line by line. */
function changed(source: string, path: string, value: Json): { readonly gone: readonly string[]; readonly come: readonly string[] } {
  const before = source.split("\n");
  const after = edit(source, [{ path: path.split("."), value }]).split("\n");
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { gone: before.slice(start, before.length - end), come: after.slice(start, after.length - end) };
}

describe("one change, and no line that it does not concern", () => {
  test.each<[string, Json, readonly string[], readonly string[]]>([
    ["extends", "other", ["extends:   base     # aligned by hand"], ["extends:   other     # aligned by hand"]],
    ["extends", null, ["extends:   base     # aligned by hand"], []],
    ["env.A", "x: y", ['  A: "1"   # quoted'], ['  A: "x: y"   # quoted']],
    ["env.B", "it's", ["  B: 'two'"], ["  B: 'it''s'"]],
    ["env.C", "?Key", [], ["  C: ?Key"]],
    ["env.A", null, ['  A: "1"   # quoted'], []],
    ["supervise", false, ["supervise: true"], ["supervise: false"]],
    ["agent_provider", { template: "shell" }, [], ["agent_provider:", "  template: shell"]],
    ["agent_provider.template", "shell", [], ["agent_provider:", "  template: shell"]],
    ["egress.routes.0.host", "c.example", ["    - host: a.example      # exactly this"], ["    - host: c.example      # exactly this"]],
    ["egress.routes.0.methods.1", "PUT", ["      methods: [GET, POST]"], ["      methods: [GET, PUT]"]],
    ["egress.routes.0.methods.2", "PUT", ["      methods: [GET, POST]"], ["      methods: [GET, POST, PUT]"]],
    ["egress.routes.0.methods.0", null, ["      methods: [GET, POST]"], ["      methods: [POST]"]],
    ["egress.routes.0.methods", ["GET"], ["      methods: [GET, POST]"], ["      methods: [GET]"]],
    ["egress.routes.0.methods", null, ["      methods: [GET, POST]"], []],
    ["egress.routes.0.websocket", true, [], ["      websocket: true"]],
    [
      "egress.routes.1.auth.scheme",
      "token",
      ["      auth: { scheme: Bearer, token_ref: T }"],
      ["      auth: { scheme: token, token_ref: T }"],
    ],
    ["egress.routes.1.auth", null, ["      auth: { scheme: Bearer, token_ref: T }"], []],
    ["egress.routes.2", { host: "c.example", methods: ["GET"] }, [], ["    - host: c.example", "      methods: [GET]"]],
    ["egress.routes.1", null, ["    - host: b.example", "      auth: { scheme: Bearer, token_ref: T }"], []],
    ["egress.budget", null, ["  budget: { usd_per_day: 2 }"], []],
    ["egress.budget.on_limit", "stop", ["  budget: { usd_per_day: 2 }"], ["  budget: { usd_per_day: 2, on_limit: stop }"]],
    ["egress.budget", { tokens_per_day: 5 }, ["  budget: { usd_per_day: 2 }"], ["  budget: { tokens_per_day: 5 }"]],
    ["git-gate.user.name", "Ada", [], ["git-gate:", "  user:", "    name: Ada"]],
    ["none.at.all", null, [], []],
  ])("%s = %j", (path, value, gone, come) => {
    expect(changed(BOTTLE, path, value)).toEqual({ gone, come });
  });

  test("the first key of a list item goes, and the next one takes its place behind the dash", () => {
    expect(changed(BOTTLE, "egress.routes.0.host", null)).toEqual({
      gone: ["    - host: a.example      # exactly this", "      methods: [GET, POST]"],
      come: ["    - methods: [GET, POST]"],
    });
  });

  test("a whole list, of which most stays", () => {
    const routes = [
      { host: "a.example", methods: ["GET", "POST"] },
      { host: "new.example" },
      { host: "b.example", auth: { scheme: "Bearer", token_ref: "T" } },
    ];
    expect(changed(BOTTLE, "egress.routes", routes).come).toContain("    - host: new.example");
    expect(changed(BOTTLE, "egress.routes", routes).gone).toEqual([]);
    expect(changed(BOTTLE, "egress.routes", routes.slice(2)).gone).toEqual([
      "    - host: a.example      # exactly this",
      "      methods: [GET, POST]",
    ]);
  });
});

describe("what is taken away stays away (MAN-7)", () => {
  test("the last entry of a map or list leaves an empty one: an absent one would be inherited", () => {
    const text = "---\nextends: base\negress:\n  routes:\n    - host: a.example\nenv: { A: x }\n---\n";
    expect(edit(text, [{ path: ["egress", "routes", "0"], value: null }])).toBe(
      "---\nextends: base\negress:\n  routes: []\nenv: { A: x }\n---\n",
    );
    expect(edit(text, [{ path: ["env", "A"], value: null }])).toBe(
      "---\nextends: base\negress:\n  routes:\n    - host: a.example\nenv: {}\n---\n",
    );
  });

  test("a new entry in an empty one", () => {
    const text = "---\negress:\n  routes: []\nenv: {}\nagent_provider:\n---\n";
    const grown = edit(text, [
      { path: ["egress", "routes", "0"], value: { host: "a.example" } },
      { path: ["env", "A"], value: "x" },
      { path: ["agent_provider", "template"], value: "shell" },
    ]);
    expect(grown).toBe("---\negress:\n  routes:\n    - host: a.example\nenv:\n  A: x\nagent_provider:\n  template: shell\n---\n");
  });
});

describe("around the frontmatter", () => {
  test("the body is replaced alone, or kept as it is", () => {
    expect(edit(BOTTLE, [], "Other.\n")).toBe(BOTTLE.replace("# Description\n", "Other.\n"));
    expect(edit(BOTTLE, [], "# Description")).toBe(BOTTLE);
    expect(edit("---\nbottle: b\n---", [], "Do it.")).toBe("---\nbottle: b\n---\n\nDo it.\n");
    expect(edit("---\nbottle: b\n---\nOld.", [], "")).toBe("---\nbottle: b\n---\n");
  });

  test("an empty text gets a frontmatter", () => {
    expect(edit("", [{ path: ["bottle"], value: "b" }], "Hello")).toBe("---\nbottle: b\n---\n\nHello\n");
  });

  test("Windows line ends stay", () => {
    expect(edit("---\r\nbottle: a # x\r\n---\r\nHi\r\n", [{ path: ["skills"], value: ["s"] }])).toBe(
      "---\r\nbottle: a # x\r\nskills: [s]\r\n---\r\nHi\r\n",
    );
  });

  test("a frontmatter with errors has to be put right first", () => {
    expect(editManifest("---\nenv: [\n---\n", [{ path: ["extends"], value: "a" }], null)).toMatchObject({
      ok: false,
      problems: [{ line: 2 }],
    });
    expect(editManifest("no frontmatter", [], null)).toMatchObject({ ok: false });
  });

  test("an index behind the end of a list is refused", () => {
    expect(editManifest(BOTTLE, [{ path: ["egress", "routes", "9"], value: {} }], null)).toMatchObject({ ok: false });
  });
});

test("what is set is what is read, whatever it is and wherever it stood", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom("null", "1", "a: b", "# x", "- a", "a\nb", "\n", "?", " a ", "é", "'\"", "\t"),
  );
  const single = fc.oneof(text, fc.integer(), fc.boolean());
  const key = fc.constantFrom("a", "b", "host", "B C", "null", "1");
  const { value } = fc.letrec<{ value: Json; list: Json; map: Json }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, single, tie("list"), tie("map")),
    list: fc.array(tie("value"), { maxLength: 3 }),
    map: fc.dictionary(key, tie("value"), { maxKeys: 3 }),
  }));
  const model = fc.dictionary(key, value, { maxKeys: 4 });
  fc.assert(
    fc.property(model, model, fc.boolean(), (before, after, flow) => {
      const changesTo = (map: typeof before): Change[] => Object.entries(map).map(([name, child]) => ({ path: [name], value: child }));
      const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
      const start = flow
        ? `---\nroot: ${JSON.stringify({ keep: 1, ...before })}\n---\nBody\n`
        : edit("---\nkeep: 1 # why\n---\nBody\n", changesTo(before));
      const root = flow ? ["root"] : [];
      const changes = [...changesTo(after), ...gone.map((name) => ({ path: [name], value: null }))];
      const result = edit(
        start,
        changes.map((change) => ({ ...change, path: [...root, ...change.path] })),
      );
      const expected = { keep: 1, ...after };
      expect(readManifestData(result)).toEqual({ frontmatter: flow ? { root: expected } : expected, body: "Body" });
      if (!flow) expect(result.split("\n")[1]).toBe("keep: 1 # why");
    }),
    { numRuns: 500 },
  );
});

test("a change of a thousand places at once is refused instead of keeping everything else waiting", () => {
  const hosts = (prefix: string) => Array.from({ length: 1500 }, (_, index) => ({ host: `${prefix}${index}.example.org` }));
  const lines = hosts("a").map(({ host }) => `    - host: ${host}`);
  const source = `---\negress:\n  routes:\n${lines.join("\n")}\n---\n`;
  const edited = editManifest(source, [{ path: ["egress", "routes"], value: hosts("b") }], null);
  expect(edited).toMatchObject({
    ok: false,
    problems: [{ message: "this changes too much at once; change less, or edit the text itself" }],
  });
});
