import { describe, expect, test } from "vitest";
import { ProposalClaims } from "../../../../sidecars/init/proposal-claims.ts";

const ID = "demo-k3v9q.1";

describe("who carries out an approval (SUP-5)", () => {
  test("holds it against others until the connection ends", () => {
    const claims = new ProposalClaims();
    const [one, two] = [new AbortController(), new AbortController()];
    claims.hold(ID, one.signal);
    expect(claims.conflict(ID, one.signal)).toBeNull();
    expect(claims.conflict(ID, two.signal)).toContain("is being applied");
    claims.giveBack(ID, two.signal);
    expect(claims.conflict(ID, two.signal)).not.toBeNull();
    one.abort();
    expect(claims.conflict(ID, two.signal)).toBeNull();
  });

  test("a client that is gone already holds nothing", () => {
    const claims = new ProposalClaims();
    claims.hold(ID, AbortSignal.abort());
    expect(claims.conflict(ID, new AbortController().signal)).toBeNull();
  });

  test("an old connection's end does not take it from the next holder", () => {
    const claims = new ProposalClaims();
    const [one, two] = [new AbortController(), new AbortController()];
    claims.hold(ID, one.signal);
    claims.end(ID);
    claims.hold(ID, two.signal);
    one.abort();
    expect(claims.conflict(ID, new AbortController().signal)).not.toBeNull();
  });
});
