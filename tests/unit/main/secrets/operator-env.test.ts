import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { LoginShellAnswer } from "../../../../main/platform/login-shell-env.ts";
import { OperatorEnv } from "../../../../main/secrets/operator-env.ts";

const CANARY = "canary-env-2c10";

function shellWith(env: Readonly<Record<string, string>>) {
  const asked = { times: 0 };
  const ask = async (): Promise<LoginShellAnswer> => {
    asked.times++;
    return { state: "used", detail: "/bin/sh answered in 3 ms", env: new Map(Object.entries(env)) };
  };
  return { asked, ask };
}

describe("the operator's environment (ENV-2)", () => {
  it("is this process's own; the login shell is asked once, and only for what that lacks", async () => {
    const { asked, ask } = shellWith({ TOKEN: CANARY, OWN: "the shell's" });
    const env = new OperatorEnv({ OWN: "own" }, ask);
    expect(await env.lookup("OWN")).toBe("own");
    expect(asked.times).toBe(0);
    expect(env.loginShell).toBeNull();
    expect(await Promise.all([env.lookup("TOKEN"), env.lookup("TOKEN"), env.lookup("NONE")])).toEqual([CANARY, CANARY, undefined]);
    expect(asked.times).toBe(1);
    expect(env.loginShell).toEqual({ state: "used", detail: "/bin/sh answered in 3 ms" });
  });

  it("started from a terminal it asks no shell", async () => {
    expect(await new OperatorEnv({}, null).lookup("TOKEN")).toBeUndefined();
  });

  it("tolerates and reports a shell that fails", async () => {
    const env = new OperatorEnv({ OWN: "own" }, async () => ({ state: "failed", detail: "/bin/zsh did not answer within 5 s" }));
    const told: unknown[] = [];
    env.changed.subscribe(() => told.push(env.loginShell?.state));
    expect(await env.lookup("TOKEN")).toBeUndefined();
    expect(await env.lookup("OWN")).toBe("own");
    expect(told).toEqual(["pending", "failed"]);
    const broken = new OperatorEnv({}, () => Promise.reject(new Error("no more processes")));
    await broken.lookup("TOKEN");
    expect(broken.loginShell).toEqual({ state: "failed", detail: "no more processes" });
  });

  it("tells what it knows without waiting, and when it knows more", async () => {
    const env = new OperatorEnv({ OWN: "own" }, shellWith({ TOKEN: CANARY }).ask);
    expect(env.knows("OWN")).toBe(true);
    expect(env.loginShell).toBeNull();
    expect(env.knows("TOKEN")).toBe(false);
    expect(env.loginShell?.state).toBe("pending");
    await new Promise<void>((resolve) => {
      const waiting = env.changed.subscribe(() => {
        waiting[Symbol.dispose]();
        resolve();
      });
    });
    expect([env.knows("TOKEN"), env.knows("NONE")]).toEqual([true, false]);
  });

  it("picks what is set, whatever it is called", async () => {
    const env = new OperatorEnv({ EMPTY: "", OWN: "own" }, null);
    expect({ ...(await env.pick(["OWN", "EMPTY", "constructor", "NONE"])) }).toEqual({ OWN: "own", EMPTY: "" });
  });

  it("shows no value in what it tells", async () => {
    const env = new OperatorEnv({}, shellWith({ TOKEN: CANARY }).ask);
    await env.lookup("TOKEN");
    expect(inspect(env, { depth: 9 })).not.toContain(CANARY);
  });
});
