import { spawn } from "node:child_process";
import { Agent } from "node:http";
import type { Duplex } from "node:stream";
import { passedOnEnv } from "../../../platform/passed-on-env.ts";
import { PairedStream } from "../streams/paired-stream.ts";
import type { EngineAddress, EngineSurroundings } from "./engine-address.ts";
import { SSH_AGENT } from "./engine-variables.ts";

type SshAddress = Extract<EngineAddress, { kind: "ssh" }>;

/**
 * HTTP connections to an engine behind ssh. The system's ssh is used so that its configuration, agent and, above all, its
 * check of host keys apply; every connection is one `docker system dial-stdio` on the far side.
 */
export function sshHttpAgent(address: SshAddress, env: EngineSurroundings["env"]): Agent {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 4 });
  agent.createConnection = () => dialOverSsh(address, env);
  return agent;
}

function dialOverSsh(address: SshAddress, env: EngineSurroundings["env"]): Duplex {
  const port = address.port === null ? [] : ["-p", address.port];
  const argv = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=30", ...port, "--", address.destination, "docker", "system", "dial-stdio"];
  const child = spawn("ssh", argv, { stdio: ["pipe", "pipe", "ignore"], env: passedOnEnv(env, [SSH_AGENT]) });
  const connection = new PairedStream(child.stdout, child.stdin);
  child.once("error", (error) => connection.destroy(error));
  connection.once("close", () => child.kill());
  return withSocketMethods(connection);
}

/** What node:http calls on a connection beyond a stream's own methods. */
function withSocketMethods(connection: Duplex): Duplex {
  const self = () => connection;
  return Object.assign(connection, { setTimeout: self, setNoDelay: self, setKeepAlive: self, ref: self, unref: self });
}
