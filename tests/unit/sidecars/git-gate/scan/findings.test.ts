import { describe, expect, test } from "vitest";
import type { Sighting } from "../../../../../sidecars/git-gate/scan/findings.ts";
import { tellFindings } from "../../../../../sidecars/git-gate/scan/findings.ts";
import { redactor } from "../../../../../sidecars/git-gate/scan/redaction.ts";

/** GIT-4, GIT-6: a finding names its place and rule, never its secret, and the same one the same way each time. */

const place = { commit: "c".repeat(40), place: "file", path: "a.txt", before: false } as const;
const secret = "not-really-a-secret-0";
const sighting: Sighting = { place, line: 3, inner: "", rule: "kind", description: "A kind", match: `key = "${secret}"`, secret };

const tell = (sightings: readonly Sighting[]) => tellFindings(sightings, redactor(sightings.map((each) => each.secret)));

describe("findings", () => {
  test("say where and what, and show what stands before the secret", () => {
    expect(tell([sighting])).toEqual([
      {
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        rule: "kind",
        description: "A kind",
        commit: place.commit,
        place: "file",
        path: "a.txt",
        line: 3,
        excerpt: 'key = "[redacted]',
      },
    ]);
  });

  test("the same secret seen twice on a line is one finding, another secret there is another", () => {
    const other = { ...sighting, secret: "another-made-up-one", match: "another-made-up-one" };
    const told = tell([sighting, sighting, other]);
    expect(told).toHaveLength(2);
    expect(told[0]?.fingerprint).not.toBe(told[1]?.fingerprint);
    expect(tell([sighting, other]).map(({ fingerprint }) => fingerprint)).toEqual(told.map(({ fingerprint }) => fingerprint));
  });

  test("commit, place, path, line, rule and path inside an archive each make another fingerprint", () => {
    const variants: readonly Partial<Sighting>[] = [
      {},
      { place: { ...place, commit: "d".repeat(40) } },
      { place: { ...place, path: "b.txt" } },
      { place: { ...place, place: "message", path: null } },
      { line: 4 },
      { rule: "other" },
      { inner: "x" },
    ];
    const fingerprints = variants.map((variant) => tell([{ ...sighting, ...variant }])[0]?.fingerprint);
    expect(new Set(fingerprints).size).toBe(variants.length);
  });

  test("what the file held before is no finding, another secret in it is one", () => {
    const before = { ...sighting, place: { ...place, before: true } };
    expect(tell([sighting, before])).toEqual([]);
    expect(tell([{ ...sighting, secret: "a-new-made-up-one", match: "" }, before])).toHaveLength(1);
  });

  test("an excerpt holds no begun word, no second secret and nothing after the first", () => {
    const cases: readonly [string, string][] = [
      [`token=pre${secret} tail`, "token=[redacted]"],
      [`first line\nsecond: ${secret}\nthird`, "second: [redacted]"],
      ["decoded elsewhere", "[redacted]"],
      [`other-secret-here: ${secret}`, "[redacted]: [redacted]"],
    ];
    const others = [{ ...sighting, secret: "other-secret-here", line: 99 }];
    for (const [match, excerpt] of cases) expect(tell([{ ...sighting, match }, ...others])[0]?.excerpt).toBe(excerpt);
  });
});

describe("redaction", () => {
  test("replaces the longest first, and each line of a long one", () => {
    const redact = redactor(["abcdefgh", "abcdefghijkl", "line one\nline two", "", "tiny"]);
    expect(redact("abcdefghijkl abcdefgh tiny")).toBe("[redacted] [redacted] tiny");
    expect(redact("x line two")).toBe("x [redacted]");
  });
});
