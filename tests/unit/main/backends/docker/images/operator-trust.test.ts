import { describe, expect, test } from "vitest";
import { packageSources } from "../../../../../../main/backends/docker/images/operator-trust.ts";

/** D13, ENV-3: builds use the operator's package registries, and no build argument ever carries a credential. */

describe("where package clients look during a build", () => {
  test("is where the operator's own look", () => {
    const env = {
      npm_config_registry: "https://npm.example.test/",
      PIP_INDEX_URL: "https://pip.example.test/simple/",
      GOPROXY: "https://go.example.test,direct",
      GOSUMDB: "sum.example.test",
    };
    expect(packageSources(env)).toEqual({
      NPM_REGISTRY: "https://npm.example.test/",
      PIP_INDEX_URL: "https://pip.example.test/simple/",
      GOPROXY: "https://go.example.test,direct",
      GOSUMDB: "sum.example.test",
    });
  });

  test("is the clients' own default where nothing is configured", () => {
    expect(packageSources({})).toEqual({});
    expect(packageSources({ GOPROXY: "", PIP_INDEX_URL: "not an address" })).toEqual({});
  });

  test.each([
    { npm_config_registry: "https://user:password@npm.example.test/" },
    { PIP_INDEX_URL: "https://token@pip.example.test/simple/" },
    { PIP_INDEX_URL: "https://pip.example.test/simple/?key=value" },
    { GOPROXY: "https://go.example.test|https://user:password@other.example.test" },
  ])("leaves out an address with a credential: %o", (env) => {
    expect(packageSources(env)).toEqual({});
  });

  test("knows Go's words for no proxy", () => {
    expect(packageSources({ GOPROXY: "off" })).toEqual({ GOPROXY: "off" });
  });
});
