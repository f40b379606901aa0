import { randomInt } from "node:crypto";

/**
 * Where bottles' networks lie: 198.18.0.0/15, set aside for test set-ups (RFC 2544), so that they collide with no
 * operator's network and 4,096 bottles fit where the engine's own pools end at about thirty. The lower half holds the
 * internal networks, the upper the egress networks.
 */
const POOLS = { internal: [198, 18], egress: [198, 19] } as const;
const BLOCK_SIZE = 16;
const BLOCKS = 65536 / BLOCK_SIZE;

export interface BottleSubnet {
  readonly cidr: string;
  readonly gateway: string;
  /** Fixed addresses, known before anything exists (D3). */
  readonly bundle: string;
  readonly agent: string;
}

/** Some block of the pool; the engine says whether it is free. */
export function pickSubnet(pool: keyof typeof POOLS, pick: (bound: number) => number = randomInt): BottleSubnet {
  const offset = pick(BLOCKS) * BLOCK_SIZE;
  const address = (host: number) => [...POOLS[pool], (offset + host) >> 8, (offset + host) & 255].join(".");
  return { cidr: `${address(0)}/28`, gateway: address(1), bundle: address(2), agent: address(3) };
}

/** For an agent that takes the place of one which still holds its address: the other of the two after the bundle's. */
export function otherAgentAddress(bundle: string, held: string): string {
  const after = (steps: number) => bundle.replace(/\d+$/, (last) => String(Number(last) + steps));
  return held === after(1) ? after(2) : after(1);
}
