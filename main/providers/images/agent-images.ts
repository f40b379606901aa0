import { join } from "node:path";
import type { ImageSpec } from "../../backends/backend.ts";
import { describeImage } from "../../backends/image-spec.ts";

/** Pinned: a plain install on an older Node silently gives an older one. */
const CLAUDE_CODE_VERSION = "2.1.330";
const CODEX_VERSION = "0.169.0";

/** Images the built-in providers run in. `dockerfiles` is the folder of this file's Dockerfiles. */
export interface AgentImages {
  readonly agent: ImageSpec;
  readonly claude: ImageSpec;
  readonly codex: ImageSpec;
}

export async function describeAgentImages(dockerfiles: string): Promise<AgentImages> {
  const build = (dockerfile: string) => ({ dockerfile: join(dockerfiles, dockerfile), contextDir: dockerfiles, include: [], args: {} });
  const agent = await describeImage({ name: "bot-bottle-agent", build: build("agent.Dockerfile") });
  const [claude, codex] = await Promise.all([
    describeImage({ name: "bot-bottle-claude", build: { ...build("claude.Dockerfile"), args: { CLAUDE_CODE_VERSION }, base: agent } }),
    describeImage({ name: "bot-bottle-codex", build: { ...build("codex.Dockerfile"), args: { CODEX_VERSION }, base: agent } }),
  ]);
  return { agent, claude, codex };
}
