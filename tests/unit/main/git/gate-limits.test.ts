import { describe, expect, it } from "vitest";
import { DEFAULT_GATE_LIMITS } from "#common/wire/bundle-config.ts";
import { gateLimits } from "../../../../main/git/gate-limits.ts";

const MIB = 1024 ** 2;

describe("GIT-5: how large a push may be", () => {
  it("is generous where the operator says nothing", () => {
    expect(gateLimits({})).toEqual(DEFAULT_GATE_LIMITS);
    expect(gateLimits({ BOT_BOTTLE_GIT_PUSH_LIMIT_MIB: " " })).toEqual(DEFAULT_GATE_LIMITS);
  });

  it("follows the operator, and what may be pushed may be held", () => {
    expect(gateLimits({ BOT_BOTTLE_GIT_PUSH_LIMIT_MIB: "64" })).toMatchObject({
      packBytes: 64 * MIB,
      heldBytes: DEFAULT_GATE_LIMITS.heldBytes,
    });
    expect(gateLimits({ BOT_BOTTLE_GIT_PUSH_LIMIT_MIB: "16384" })).toMatchObject({ packBytes: 16384 * MIB, heldBytes: 16384 * MIB });
  });

  it.each(["0", "-1", "1.5", "1e3", "lots", "99999999999"])("%j is an error that says what to write", (value) => {
    expect(() => gateLimits({ BOT_BOTTLE_GIT_PUSH_LIMIT_MIB: value })).toThrow(
      `BOT_BOTTLE_GIT_PUSH_LIMIT_MIB must be a whole number of mebibytes from 1 to 1048576, it is "${value}"`,
    );
  });
});
