import { describe, expect, test } from "vitest";
import { asKind, envKind, envNameFault, envRows } from "../../../../../renderer/manifests/form/env-rows.ts";
import { freeHost, routeSummary, sourceOnlyKeys } from "../../../../../renderer/manifests/form/route-words.ts";

describe("ENV-1: variables in the form", () => {
  test("by kind; what is not text is named and left alone", () => {
    expect(envRows({ A: "1", B: "?Your token", C: `x-\${HOME}`, D: 4, E: ["x"] })).toEqual({
      rows: [
        { name: "A", kind: "literal", text: "1" },
        { name: "B", kind: "prompt", text: "Your token" },
        { name: "C", kind: "host", text: `x-\${HOME}` },
      ],
      others: ["D", "E"],
    });
    expect(envRows(undefined)).toEqual({ rows: [], others: [] });
    expect(envRows("text")).toEqual({ rows: [], others: [] });
  });

  test.each([
    ["prompt", { name: "A", kind: "literal", text: "Your token" }, "?Your token"],
    ["prompt", { name: "A", kind: "host", text: `\${A}` }, "?Value of A"],
    ["host", { name: "A", kind: "literal", text: "1" }, `\${A}`],
    ["literal", { name: "A", kind: "host", text: `\${A}` }, "A"],
  ] as const)("as %s", (kind, row, expected) => {
    const value = asKind(row, kind);
    expect(value).toBe(expected);
    expect(envKind(value)).toBe(kind);
  });

  test("a name is checked before it is added", () => {
    expect(envNameFault("GOOD_1", [])).toBeNull();
    expect(envNameFault("1BAD", [])).toMatch(/not a digit first/);
    expect(envNameFault("A B", [])).not.toBeNull();
    expect(envNameFault("A", ["A"])).toBe("A is there already.");
  });
});

describe("MAN-6: routes in the form", () => {
  test("in one line", () => {
    expect(routeSummary({ host: "a" })).toBe("any method · any path");
    expect(
      routeSummary({
        methods: ["GET", "POST"],
        path_allowlist: ["/a", "/b"],
        auth: { scheme: "token", token_ref: "PAT" },
        websocket: true,
      }),
    ).toBe("GET POST · 2 paths · token PAT · WebSocket");
    expect(routeSummary(["not", "a route"])).toBe("any method · any path");
  });

  test("keys without a field are named, so that none is thought to be missing", () => {
    expect(sourceOnlyKeys({ host: "a", strip: {}, role: "x" })).toEqual(["strip", "role"]);
  });

  test("a new route's host is one that is not there", () => {
    expect(freeHost([])).toBe("api.example.com");
    expect(freeHost([{ host: "api.example.com" }])).toBe("api2.example.com");
  });
});
