import type Docker from "dockerode";
import { BUNDLE_STATE_DIR, SIDECAR_NAMES } from "#common/wire/ports.ts";
import type { LaunchPlan } from "../../backend.ts";
import type { ObjectNames } from "../names.ts";
import { ROLE_LABEL, VARIABLES_LABEL } from "../names.ts";
import type { BottleSubnet } from "../subnets.ts";
import { mainCommand } from "./guest-gate.ts";

export const GUEST = { home: "/home/node", user: "node", uid: 1000, gid: 1000 } as const;
export const GUEST_WORKSPACE = `${GUEST.home}/workspace`;
export const GUEST_USER = `${GUEST.uid}:${GUEST.gid}`;

/** What an agent's container is made of. */
export type AgentPlan = Pick<LaunchPlan, "slug" | "command" | "env" | "workdir" | "limits" | "preCopy" | "verify"> & {
  readonly agentImage: { readonly ref: string };
};

/** What containers of one bottle have in common. */
export interface BottleGround<Plan extends AgentPlan = LaunchPlan> {
  readonly plan: Plan;
  readonly names: ObjectNames;
  readonly labels: Readonly<Record<string, string>>;
  readonly subnet: Pick<BottleSubnet, "bundle" | "agent">;
  /** The engine's helper that reaps orphans and passes signals on, where it has one. */
  readonly init: boolean;
}

/** The agent as main process on a terminal, with nothing it could climb on (BKD-2, D4). */
export function agentContainer(ground: BottleGround<AgentPlan>, runtime: string): Docker.ContainerCreateOptions {
  const { plan, names, labels, subnet } = ground;
  return {
    name: names.agent,
    Image: plan.agentImage.ref,
    Hostname: plan.slug.slice(0, 63),
    Entrypoint: [],
    Cmd: mainCommand(plan),
    Env: Object.entries(plan.env).map(([name, value]) => `${name}=${value}`),
    WorkingDir: plan.workdir,
    User: GUEST_USER,
    Labels: { ...labels, [ROLE_LABEL]: "agent", [VARIABLES_LABEL]: Object.keys(plan.env).join(",") },
    Tty: true,
    OpenStdin: true,
    // Shells on a terminal ignore SIGTERM; losing the terminal is what they and agents wind up for.
    StopSignal: "SIGHUP",
    HostConfig: {
      ...confinement(ground.init),
      Runtime: runtime,
      NetworkMode: names.internalNetwork,
      // Only the bundle is ever asked; it knows the sidecars' names and denies all others at once (BKD-3).
      Dns: [subnet.bundle],
      DnsSearch: ["."],
      DnsOptions: ["timeout:2", "attempts:1"],
      ExtraHosts: SIDECAR_NAMES.map((name) => `${name}:${subnet.bundle}`),
      Memory: plan.limits.memoryBytes,
      MemorySwap: plan.limits.memoryBytes,
      NanoCpus: Math.round(plan.limits.cpus * 1e9),
      PidsLimit: plan.limits.pids,
      ShmSize: 256 * MIB,
      LogConfig: boundedLog(10),
    },
    NetworkingConfig: endpointOn(names.internalNetwork, subnet.agent),
  };
}

const MIB = 1024 * 1024;

/** The bundle: trusted code, yet with no more than it needs, because agents speak to it. */
export function bundleContainer(ground: BottleGround): Docker.ContainerCreateOptions {
  const { plan, names, labels, subnet } = ground;
  return {
    name: names.bundle,
    Image: plan.bundleImage.ref,
    Hostname: "sidecars",
    User: GUEST_USER,
    Labels: { ...labels, [ROLE_LABEL]: "bundle" },
    HostConfig: {
      ...confinement(ground.init),
      NetworkMode: names.internalNetwork,
      ReadonlyRootfs: true,
      Tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,mode=1777" },
      // Not of type bind: a named volume lives with the engine, wherever that is.
      Mounts: [{ Type: "volume", Source: names.stateVolume, Target: BUNDLE_STATE_DIR }] as unknown as Docker.MountConfig,
      // The name server answers on port 53 without any capability.
      Sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
      Memory: 512 * MIB,
      MemorySwap: 512 * MIB,
      PidsLimit: 256,
      // Comes back after a crash; a stop removes it, and a clean end stays one.
      RestartPolicy: { Name: "on-failure" },
      LogConfig: boundedLog(5),
    },
    NetworkingConfig: endpointOn(names.internalNetwork, subnet.bundle),
  };
}

/** The default seccomp profile applies by not naming another. */
function confinement(init: boolean) {
  return {
    ...(init ? { Init: true } : {}),
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges:true"],
    Privileged: false,
    IpcMode: "private",
  };
}

/** Kept as raw bytes, which JSON would not survive, and bounded: an agent must not fill the engine's disk. */
function boundedLog(megabytes: number) {
  return { Type: "local", Config: { "max-size": `${megabytes}m`, "max-file": "2", compress: "false" } };
}

function endpointOn(network: string, address: string) {
  return { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } };
}
