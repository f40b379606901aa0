import { BlockList, isIP } from "node:net";

/** Networks that an agent must hardly ever be let into, with what is there. */
const KNOWN: readonly { readonly network: string; readonly what: string }[] = [
  { network: "169.254.0.0/16", what: "link-local addresses, where clouds serve the machine's own credentials" },
  { network: "127.0.0.0/8", what: "the sidecars' own machine" },
  { network: "::1/128", what: "the sidecars' own machine" },
  { network: "fe80::/10", what: "link-local addresses, where clouds serve the machine's own credentials" },
  { network: "172.16.0.0/12", what: "private addresses, among them the networks of the engine and so other bottles" },
  { network: "10.0.0.0/8", what: "private addresses, such as those of a company or a home" },
  { network: "192.168.0.0/16", what: "private addresses, such as those of a company or a home" },
  { network: "100.64.0.0/10", what: "addresses of a provider's or a virtual private network" },
  { network: "fc00::/7", what: "private addresses, such as those of a company or a home" },
];

/** What a host could lead to once a network is allowed for it, in plain words. */
export function networkWarning(network: string, host: string): string[] {
  const [address = "", prefix] = network.split("/");
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const bits = prefix === undefined ? (family === "ipv6" ? 128 : 32) : Number(prefix);
  const inside = KNOWN.filter((known) => overlaps(known.network, address, bits, family)).map(({ what }) => what);
  const size = bits <= (family === "ipv6" ? 48 : 16) ? ` It is large: ${network} holds more than one site needs.` : "";
  const what = inside.length === 0 ? "addresses of the network" : [...new Set(inside)].join("; ");
  return [`Whoever answers for the name ${host} could lead the agent's requests to ${network}: ${what}.${size}`];
}

/** Two networks overlap where one holds the other's first address. */
function overlaps(known: string, address: string, bits: number, family: "ipv4" | "ipv6"): boolean {
  const [first = "", prefix = ""] = known.split("/");
  if ((isIP(first) === 6 ? "ipv6" : "ipv4") !== family) return false;
  return holds(first, Number(prefix), address, family) || holds(address, bits, first, family);
}

function holds(network: string, bits: number, address: string, family: "ipv4" | "ipv6"): boolean {
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(address, family);
}
