import { describe, expect, it } from "vitest";
import { passedOnEnv, takeEnv } from "../../../../main/platform/passed-on-env.ts";

describe("what a started program inherits (ENV-3)", () => {
  it("is what no credential is called, by exact name", () => {
    const env = {
      PATH: "/bin",
      BOT_BOTTLE_HOME: "/home/op/.bot-bottle",
      BOT_BOTTLE_CLAUDE_OAUTH_TOKEN: "canary",
      BOT_BOTTLE_HOME_TOKEN: "canary",
      XDG_TOKEN: "canary",
      LC_SECRET: "canary",
      DOCKER_PASSWORD: "canary",
      AWS_SECRET_ACCESS_KEY: "canary",
      SSH_AUTH_SOCK: "/agent",
    };
    expect(passedOnEnv(env)).toEqual({ PATH: "/bin", BOT_BOTTLE_HOME: "/home/op/.bot-bottle" });
  });

  it("is all that is left behind where a runtime starts programs of its own", () => {
    const env = { PATH: "/bin", GITHUB_TOKEN: "canary", SSH_AUTH_SOCK: "/agent" };
    expect(takeEnv(env)).toEqual({ PATH: "/bin", GITHUB_TOKEN: "canary", SSH_AUTH_SOCK: "/agent" });
    expect(env).toEqual({ PATH: "/bin" });
  });

  it("can be more where the program needs it, and never holds what is not set", () => {
    expect(passedOnEnv({ SSH_AUTH_SOCK: "/agent", PATH: undefined }, ["SSH_AUTH_SOCK", "DOCKER_HOST"])).toEqual({
      SSH_AUTH_SOCK: "/agent",
    });
  });
});
