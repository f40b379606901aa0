import Docker from "dockerode";
import type { EngineAddress, EngineSurroundings } from "./engine-address.ts";
import { locateEngine } from "./engine-address.ts";
import { sshHttpAgent } from "./ssh-agent.ts";

/** The engine, found once, at first use. */
export type EngineProvider = () => Promise<Docker>;

export interface Engine {
  readonly client: EngineProvider;
  readonly address: () => Promise<EngineAddress>;
}

export function lazyEngine(surroundings: EngineSurroundings): Engine {
  const address = once(() => locateEngine(surroundings));
  return { address, client: once(async () => connectTo(await address(), surroundings.env)) };
}

/** A failure is not kept: the operator may start an engine or mend the configuration while the panel is open. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | null = null;
  return () => {
    if (found !== null) return found;
    const attempt = find();
    found = attempt;
    attempt.catch(() => {
      found = null;
    });
    return attempt;
  };
}

/** Every option is set, because dockerode fills the missing ones from this process's environment. */
export function connectTo(address: EngineAddress, env: EngineSurroundings["env"]): Docker {
  const none = { host: undefined, port: undefined, ca: undefined, cert: undefined, key: undefined, username: undefined };
  if (address.kind === "socket") return new Docker({ ...none, protocol: "http", socketPath: address.path });
  if (address.kind === "ssh") {
    const viaSsh = { ...none, host: "engine", port: 80, protocol: "http" as const, agent: sshHttpAgent(address, env), pathPrefix: "/" };
    return new Docker(viaSsh);
  }
  const { tls } = address;
  const keys = { ca: tls?.ca ?? undefined, cert: tls?.cert ?? undefined, key: tls?.key ?? undefined };
  return new Docker({ ...none, ...keys, host: address.host, port: address.port, protocol: tls === null ? "http" : "https" });
}
