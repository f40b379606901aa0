import { BlockList, isIPv6 } from "node:net";
import { z } from "zod";

const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** A network of more addresses than these covers what nobody meant. */
const SHORTEST_PREFIX = { ipv4: 8, ipv6: 32 } as const;

/**
 * What no agent may ask for: the bundle itself, its links, cloud metadata, and every way to write an IPv4 address inside an
 * IPv6 one, which would hide them. An operator who needs one of these writes it into the bottle's manifest.
 */
const NEVER: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["192.0.0.192", 32],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["2001::", 32],
  ["2002::", 16],
  ["fd00:ec2::254", 128],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

/** One list a family: a list of both takes every IPv4 address for one inside `::ffff:0:0/96`. */
const never = { ipv4: new BlockList(), ipv6: new BlockList() } as const;
for (const [address, prefix] of NEVER) never[familyOf(address)].addSubnet(address, prefix, familyOf(address));

/** Why an agent cannot ask for these addresses, or null. */
export function networkProblem(text: string): string | null {
  if (!Network.safeParse(text).success) return "must be an IP address or a network such as 10.20.0.0/16";
  const [address = "", length] = text.split("/");
  const family = familyOf(address);
  const prefix = length === undefined ? longestPrefix(family) : Number(length);
  if (prefix < SHORTEST_PREFIX[family]) return `covers too much: name the addresses you need, at most a /${SHORTEST_PREFIX[family]}`;
  return overlapsNever(address, prefix)
    ? "leads to this machine, its links or a cloud's metadata, which no proposal can open: do the task without"
    : null;
}

/** Two networks overlap when one holds the other's first address. */
function overlapsNever(address: string, prefix: number): boolean {
  const family = familyOf(address);
  const asked = new BlockList();
  asked.addSubnet(address, prefix, family);
  return never[family].check(address, family) || NEVER.some(([first]) => familyOf(first) === family && asked.check(first, family));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}

function longestPrefix(family: "ipv4" | "ipv6"): number {
  return family === "ipv6" ? 128 : 32;
}
