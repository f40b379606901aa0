import { AGENT_TEMPLATES, BOTTLE_TEMPLATES } from "./templates.ts";

/** The manifests of a new home: two bottles and an agent for each. */
export const EXAMPLES: readonly { readonly path: readonly [string, string]; readonly text: string }[] = [
  { path: ["bottles", "demo.md"], text: BOTTLE_TEMPLATES.shell.source },
  { path: ["bottles", "claude.md"], text: BOTTLE_TEMPLATES.claude.source },
  { path: ["agents", "demo.md"], text: AGENT_TEMPLATES.shell.source("demo") },
  { path: ["agents", "claude.md"], text: AGENT_TEMPLATES.coder.source("claude") },
];
