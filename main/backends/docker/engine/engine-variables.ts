import type { EngineSurroundings } from "./engine-address.ts";
import { locateEngine } from "./engine-address.ts";

const DOCKER = ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"];

/** Names of the variables by which another process finds the same engine; the ssh agent only where the engine is behind ssh. */
export async function engineVariables(surroundings: EngineSurroundings): Promise<readonly string[]> {
  const { kind } = await locateEngine(surroundings);
  return kind === "ssh" ? [...DOCKER, SSH_AGENT] : DOCKER;
}

export const SSH_AGENT = "SSH_AUTH_SOCK";
