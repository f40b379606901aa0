import type Docker from "dockerode";
import { OperatorError } from "#common/domain/operator-error.ts";
import { engineReason } from "../engine/engine-error.ts";
import type { BottleSubnet } from "../subnets.ts";
import { pickSubnet } from "../subnets.ts";

type Labels = Record<string, string>;

/**
 * The network that agent and bundle share. It leads nowhere: the engine routes nothing out of it, and its bridge has no
 * address, because one would be the host itself, within the agent's reach. The first option says so to any engine of
 * today, the second to those (28 and later) that have a mode for it; the unknown one is ignored.
 */
export async function createInternalNetwork(engine: Docker, name: string, labels: Labels): Promise<BottleSubnet> {
  return await createWhereFree("internal", (subnet) =>
    engine.createNetwork({
      ...networkBasics(name, labels, subnet),
      Internal: true,
      Options: { "com.docker.network.bridge.inhibit_ipv4": "true", "com.docker.network.bridge.gateway_mode_ipv4": "isolated" },
    }),
  );
}

/** The bundle's way out. An upstream that lives on the engine, such as the demo's, may be put on it beside the bundle. */
export async function createEgressNetwork(engine: Docker, name: string, labels: Labels): Promise<BottleSubnet> {
  return await createWhereFree("egress", (subnet) => engine.createNetwork(networkBasics(name, labels, subnet)));
}

function networkBasics(name: string, labels: Labels, subnet: BottleSubnet) {
  return {
    Name: name,
    Driver: "bridge",
    CheckDuplicate: true,
    EnableIPv6: false,
    Labels: labels,
    IPAM: { Driver: "default", Config: [{ Subnet: subnet.cidr, Gateway: subnet.gateway }] },
  };
}

const ATTEMPTS = 24;

/** Blocks are tried rather than looked up: another bottle may take one between a look and the creation. */
async function createWhereFree(pool: "internal" | "egress", create: (subnet: BottleSubnet) => Promise<unknown>): Promise<BottleSubnet> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const subnet = pickSubnet(pool);
    try {
      await create(subnet);
      return subnet;
    } catch (error) {
      if (!/overlap|address space|already in use/i.test(engineReason(error)) || /name/i.test(engineReason(error))) throw error;
    }
  }
  throw new OperatorError("start-failed", {
    message: "the engine has no free address block for another bottle",
    hint: "Run `bot-bottle cleanup` to remove networks that no bottle uses.",
  });
}
