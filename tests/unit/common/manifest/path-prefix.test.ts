import { describe, expect, test } from "vitest";
import { pathProblem } from "#common/domain/request-target.ts";
import { pathPrefixFault } from "#common/manifest/path-prefix.ts";
import { readEgressBlock } from "../../../../sidecars/supervise/egress-block-input.ts";

/** Every way of writing a few dangerous pieces one after another. */
const PIECES = ["a", "/", ".", "..", ";", "%2e", "%2F", "%252f", "%25", "%c0%ae", "%01", "%", "{", "|", '"', "*", "?", "\\", "~", "ä"];
const PATHS = PIECES.flatMap((one) => PIECES.flatMap((two) => PIECES.map((three) => `/${one}${two}${three}`)));

const asked = (path: string) => readEgressBlock({ host: "api.example.org", path_allowlist: [path], justification: "to test" }).ok;

describe("a path prefix (MAN-6, EGR-2, SUP-3)", () => {
  test("that a manifest or an operator may name is one that the bundle takes: it would refuse every later change of the routes", () => {
    expect(PATHS.filter((path) => pathPrefixFault(path) === null && pathProblem(path) !== null)).toEqual([]);
  });

  test("is one for an agent exactly where it is one for the operator who approves it", () => {
    expect(PATHS.filter((path) => asked(path) !== (pathPrefixFault(path) === null))).toEqual([]);
  });

  test.each(["/", "/v2/", "/a%20b", "/a;v=1/b", "/~user/.well-known"])("%s is fine", (path) => expect(pathPrefixFault(path)).toBeNull());
});
