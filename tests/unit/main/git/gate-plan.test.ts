import { describe, expect, it } from "vitest";
import { GateRepo } from "#common/domain/git.ts";
import { effectiveBottle } from "#common/manifest/effective-bottle.ts";
import { validateBottle } from "#common/manifest/validate.ts";
import type { GatePlan } from "../../../../main/git/gate-plan.ts";
import { planGate } from "../../../../main/git/gate-plan.ts";
import { keyLifetimeSeconds } from "../../../../main/git/key-lifetime.ts";
import { ED25519_HOST_KEY } from "../../../support/git-samples.ts";

function plan(repos: Record<string, Record<string, unknown>>): GatePlan {
  const declared = Object.fromEntries(
    Object.entries(repos).map(([name, repo]) => [
      name,
      { url: `ssh://git@h.example/${name}.git`, identity: "KEY", host_key: ED25519_HOST_KEY, ...repo },
    ]),
  );
  const bottle = validateBottle({ "git-gate": { repos: declared } });
  if (!bottle.ok) throw new Error(JSON.stringify(bottle.findings));
  return planGate(effectiveBottle(bottle.value));
}

describe("the gate of a bottle (MAN-5, GIT-1)", () => {
  it("is told what the manifest declares, and careful where it is silent", () => {
    const { repos, identities, problems, warnings } = plan({
      app: {},
      lib: { url: "ssh://ada@[2001:db8::1]:2222/~/lib", identity: "~/.ssh/lib", on_finding: "hold", review: "always", allow_delete: true },
    });
    for (const repo of repos) expect(GateRepo.parse(repo)).toEqual(repo);
    expect(repos).toMatchObject([
      {
        name: "app",
        upstream: { user: "git", host: "h.example", port: 22, path: "app.git" },
        allowForce: false,
        allowDelete: false,
        onFinding: "refuse",
        reviewAlways: false,
      },
      {
        name: "lib",
        upstream: { user: "ada", host: "[2001:db8::1]", port: 2222, path: "~/lib" },
        allowDelete: true,
        onFinding: "hold",
        reviewAlways: true,
      },
    ]);
    expect(identities).toEqual({ app: { kind: "secret", ref: "KEY" }, lib: { kind: "file", path: "~/.ssh/lib" } });
    expect(problems).toEqual([]);
    expect(warnings).toEqual(["the agent may delete branches and tags of lib (allow_delete)"]);
  });

  it("does not start without a host key, and says how to get one (GIT-3)", () => {
    const { problems, repos } = plan({ a: { host_key: undefined }, b: { host_key: undefined, url: "ssh://git@[::1]:2222/b" } });
    expect(repos).toEqual([]);
    expect(problems[0]).toContain("run `ssh-keyscan -t ed25519 h.example`, compare");
    expect(problems[1]).toContain("`ssh-keyscan -t ed25519 -p 2222 ::1`");
  });

  it("serves one upstream under two names, and says to which its address leads", () => {
    const url = "ssh://git@h.example/same.git";
    const { repos, warnings } = plan({ a: { url }, b: { url: "ssh://git@h.example/same" }, c: { url: "ssh://git@h.example:2222/same" } });
    expect(repos).toHaveLength(3);
    expect(warnings).toEqual(["b and a are the same upstream: its address leads the agent's git to a"]);
  });

  it("of a bottle without repositories is empty", () => {
    expect(planGate(effectiveBottle({}))).toEqual({ repos: [], identities: {}, warnings: [], problems: [] });
  });
});

describe("the lifetime of keys (SSH-4)", () => {
  const lifetime = (value?: string) => keyLifetimeSeconds({ BOT_BOTTLE_GIT_KEY_LIFETIME_SECONDS: value });

  it("is eight hours unless it is set", () => {
    expect([lifetime(), lifetime(" "), lifetime("60"), lifetime("0.5")]).toEqual([28_800, 28_800, 60, 1]);
  });

  it.each(["0", "-1", "soon", "1e3", "Infinity", "604801"])("%s is refused with the variable's name", (value) => {
    expect(() => lifetime(value)).toThrow(/BOT_BOTTLE_GIT_KEY_LIFETIME_SECONDS must be/);
  });
});
