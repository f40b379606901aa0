import { describe, expect, it } from "vitest";
import { otherAgentAddress, pickSubnet } from "../../../../../main/backends/docker/subnets.ts";

describe("where bottles' networks lie (BKD-2)", () => {
  it.each([
    ["internal", 0, "198.18.0.0/28", "198.18.0.2", "198.18.0.3"],
    ["internal", 16, "198.18.1.0/28", "198.18.1.2", "198.18.1.3"],
    ["egress", 0, "198.19.0.0/28", "198.19.0.2", "198.19.0.3"],
    ["egress", 4095, "198.19.255.240/28", "198.19.255.242", "198.19.255.243"],
  ] as const)("in the %s pool block %i is %s", (pool, block, cidr, bundle, agent) => {
    expect(pickSubnet(pool, () => block)).toMatchObject({ cidr, bundle, agent });
  });

  it("picks among all blocks of a pool", () => {
    const bounds: number[] = [];
    pickSubnet("internal", (bound) => bounds.push(bound) - 1);
    expect(bounds).toEqual([4096]);
  });

  it("never gives the gateway's address to a container", () => {
    const { gateway, bundle, agent } = pickSubnet("egress");
    expect(new Set([gateway, bundle, agent]).size).toBe(3);
  });
});

describe("an agent that takes the place of another", () => {
  it("has an address of its own in the same network, and gives way to the next in turn", () => {
    const { bundle, agent, gateway } = pickSubnet("internal", () => 77);
    const second = otherAgentAddress(bundle, agent);
    expect([bundle, agent, gateway]).not.toContain(second);
    expect(second.split(".").slice(0, 3)).toEqual(agent.split(".").slice(0, 3));
    expect(otherAgentAddress(bundle, second)).toBe(agent);
  });
});
