import { BlockList, isIPv6 } from "node:net";

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * Addresses that no route reaches unless it lists them: this machine, its links, cloud metadata, multicast, nothing. Private
 * ranges pass, because the certificate there must still verify for the route's host.
 */
const REFUSED: readonly (readonly [string, number, "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["224.0.0.0", 4, "ipv4"],
  ["240.0.0.0", 4, "ipv4"],
  // Metadata services outside the link-local range.
  ["100.100.100.200", 32, "ipv4"],
  ["168.63.129.16", 32, "ipv4"],
  ["192.0.0.192", 32, "ipv4"],
  ["fd00:ec2::254", 128, "ipv6"],
  ["::", 128, "ipv6"],
  ["::1", 128, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["fec0::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
  // Teredo hides an IPv4 address in a way not worth decoding: nobody serves HTTPS there.
  ["2001::", 32, "ipv6"],
];

const refused = new BlockList();
for (const [net, prefix, family] of REFUSED) refused.addSubnet(net, prefix, family);

/** Whether egress may connect there; `allowlist` holds the route's own addresses and CIDRs. */
export function addressAllowed(address: Address, allowlist: readonly string[]): boolean {
  if (matchesList(address, allowlist)) return true;
  if (refused.check(address.address, familyName(address))) return false;
  const inner = embeddedIPv4(address);
  return inner === null || !refused.check(inner, "ipv4");
}

function matchesList(address: Address, allowlist: readonly string[]): boolean {
  if (allowlist.length === 0) return false;
  const list = new BlockList();
  for (const entry of allowlist) addEntry(list, entry);
  return list.check(address.address, familyName(address));
}

function addEntry(list: BlockList, entry: string): void {
  const [net = "", prefix] = entry.split("/");
  const family = isIPv6(net) ? "ipv6" : "ipv4";
  if (prefix === undefined) list.addAddress(net, family);
  else list.addSubnet(net, Number(prefix), family);
}

function familyName(address: Address): "ipv4" | "ipv6" {
  return address.family === 6 ? "ipv6" : "ipv4";
}

/** The IPv4 address inside a mapped, compatible, NAT64 or 6to4 address. */
function embeddedIPv4(address: Address): string | null {
  if (address.family !== 6) return null;
  const groups = expand(address.address);
  if (groups === null) return null;
  const prefix = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(":");
  if (prefix === "0:0:0:0:0:ffff" || prefix === "0:0:0:0:0:0" || prefix === "64:ff9b:0:0:0:0") return dotted(groups[6], groups[7]);
  return groups[0] === 0x2002 ? dotted(groups[1], groups[2]) : null;
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

function expand(address: string): number[] | null {
  const text = address.replace(/%.*$/, "").replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    return `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`;
  });
  const [left = "", right] = text.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const zeros = right === undefined ? [] : new Array<string>(8 - head.length - tail.length).fill("0");
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  return groups.length === 8 && groups.every((group) => group >= 0) ? groups : null;
}
