import { describe, expect, test } from "vitest";
import { PushRecord } from "#common/domain/git.ts";
import { pushDigest, pushRecord, showsAllFindings } from "../../../../../sidecars/git-gate/push/push-record.ts";
import { COMMIT, finding, record } from "../../../../support/git-gate/sample-push.ts";

const { refs, refCount: _, findings: __, findingCount: ___, commits: ____, commitCount: _____, ...parts } = record();

describe("the event of a push", () => {
  test("stays in bounds whatever was pushed, and tells how much there was", () => {
    const long = "\u{1f600}".repeat(1000);
    const findings = Array.from({ length: 100 }, (_, index) =>
      finding({ fingerprint: `${index}${"x".repeat(2000)}`, path: long, excerpt: "é".repeat(500) }),
    );
    const commits = Array.from({ length: 100 }, () => ({
      id: COMMIT,
      author: long.slice(0, 400),
      date: "2026",
      subject: long.slice(0, 500),
    }));
    const updates = Array.from({ length: 1000 }, (_, index) => ({ ...refs[0]!, ref: `refs/heads/${"y".repeat(900)}${index}` }));
    const built = pushRecord({
      ...parts,
      reason: `bad\u001b[2J${long}`,
      updates,
      scanned: { findings, findingCount: 5000, commits, commitCount: 9000 },
    });
    expect(PushRecord.parse(built)).toEqual(built);
    expect(Buffer.byteLength(JSON.stringify(built))).toBeLessThan(100 * 1024);
    expect(built).toMatchObject({ refCount: 1000, findingCount: 5000, commitCount: 9000 });
    expect(built.reason).not.toContain("\u001b");
    expect(showsAllFindings(built)).toBe(false);
  });

  test("a decision's digest changes with the repository, any ref and any finding, and with nothing else", () => {
    const base = pushDigest("project", refs, [finding()]);
    expect(pushDigest("project", [{ ...refs[0]! }], [finding({ excerpt: "other" })])).toBe(base);
    expect(pushDigest("other", refs, [finding()])).not.toBe(base);
    expect(pushDigest("project", [{ ...refs[0]!, old: COMMIT }], [finding()])).not.toBe(base);
    expect(pushDigest("project", refs, [])).not.toBe(base);
    expect(pushDigest("project", refs, [finding({ fingerprint: "x" })])).not.toBe(base);
  });
});
