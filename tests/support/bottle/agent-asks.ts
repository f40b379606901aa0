import { FILE_EGRESS_BLOCK } from "../../../main/cli/demo/agent-script.ts";
import type { CliResult } from "./cli.ts";
import { runCli } from "./cli.ts";

export interface AskedRoute {
  readonly host: string;
  readonly path_allowlist: readonly string[];
  readonly methods: readonly string[];
  readonly justification: string;
}

/** The agent's own MCP client files one `egress-block`; resolves with what it was answered. */
export function agentAsks(slug: string, route: AskedRoute, env: Readonly<Record<string, string>>): Promise<CliResult> {
  return runCli(["exec", slug, "--", "python3", "-c", FILE_EGRESS_BLOCK, JSON.stringify(route)], env);
}
