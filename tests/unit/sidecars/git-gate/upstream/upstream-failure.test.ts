import { describe, expect, test } from "vitest";
import type { GateRepo } from "#common/domain/git.ts";
import { upstreamProblem } from "../../../../../sidecars/git-gate/upstream/upstream-failure.ts";

const repo = { upstream: { user: "git", host: "forge.example", port: 22, path: "p" } } as GateRepo;
const problem = (stderr: string, stalled = false) => upstreamProblem(repo, { stderr, stalled, code: 128 });

describe("what a failed program says about the upstream (GIT-2)", () => {
  test.each([
    [
      "ssh: connect to host forge.example port 22: Connection refused\nfatal: Could not read from remote repository.",
      "upstream-unreachable",
    ],
    ["ssh: Could not resolve hostname forge.example: Name or service not known", "upstream-unreachable"],
    ["kex_exchange_identification: Connection closed by remote host", "upstream-unreachable"],
    ["Connection timed out during banner exchange", "upstream-unreachable"],
    ["No ED25519 host key is known for x and you have requested strict checking.\nHost key verification failed.", "host-key"],
    ["@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @", "host-key"],
    ["Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa", "host-key"],
    ["git@forge.example: Permission denied (publickey).", "upstream-refused"],
    ["ERROR: Repository not found.\nfatal: Could not read from remote repository.", "upstream-refused"],
    ["", "upstream-refused"],
  ])("%j", (stderr, rule) => {
    expect(problem(stderr).rule).toBe(rule);
  });

  test("silence is told as such", () => {
    expect(problem("Enumerating…", true)).toMatchObject({
      rule: "upstream-unreachable",
      reason: expect.stringContaining("did not answer in time"),
    });
  });

  test("what the upstream says is one inert line of bounded length", () => {
    const { reason } = problem(`fatal: \u001b[2J\u202eevil\r\nsecond ${"x".repeat(5000)}`);
    expect(reason).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(reason.length).toBeLessThan(400);
  });
});
