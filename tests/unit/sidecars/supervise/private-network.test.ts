import { describe, expect, test } from "vitest";
import { networkProblem } from "../../../../sidecars/supervise/private-network.ts";

describe("addresses that an agent may ask for (SUP-3, EGR-5)", () => {
  test.each([
    "10.20.0.5",
    "10.0.0.0/8",
    "192.168.1.0/24",
    "172.16.0.0/12",
    "100.64.0.0/12",
    "126.0.0.0/8",
    "fd12:3456:789a::1",
    "fd12:3456::/32",
  ])("%s may", (text) => {
    expect(networkProblem(text)).toBeNull();
  });

  test.each([
    ["0.0.0.0/0", /covers too much/],
    ["128.0.0.0/1", /covers too much/],
    ["::/0", /covers too much/],
    ["fc00::/7", /covers too much/],
    ["0.0.0.0", /this machine/],
    ["127.0.0.1", /this machine/],
    ["127.200.0.0/16", /this machine/],
    ["169.254.169.254", /metadata/],
    ["169.254.0.0/17", /metadata/],
    ["100.100.100.200", /metadata/],
    ["100.64.0.0/10", /metadata/],
    ["100.100.0.0/16", /metadata/],
    ["168.63.129.0/24", /metadata/],
    ["224.0.0.1", /this machine/],
    ["255.255.255.255", /this machine/],
    ["::1", /this machine/],
    ["::", /this machine/],
    ["::ffff:127.0.0.1", /this machine/],
    ["::ffff:10.0.0.1", /this machine/],
    ["64:ff9b::7f00:1", /this machine/],
    ["2002:7f00:1::", /this machine/],
    ["2002::/32", /this machine/],
    ["fe80::1", /this machine/],
    ["fd00:ec2::254", /metadata/],
    ["fd00:ec2::/32", /metadata/],
    ["ff02::1", /this machine/],
    ["0x7f.1", /must be an IP/],
    ["0177.0.0.1", /must be an IP/],
    ["10.0.0.0/33", /must be an IP/],
    ["10.0.0.0/8/8", /must be an IP/],
    ["fe80::1%eth0", /must be an IP/],
    ["localhost", /must be an IP/],
    ["", /must be an IP/],
    ["10.0.0.1 ", /must be an IP/],
  ])("%s may not", (text, problem) => {
    expect(networkProblem(text)).toMatch(problem);
  });
});
