import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HomePaths } from "../../../main/platform/home.ts";
import { homePaths } from "../../../main/platform/home.ts";

export const AGENTS = 1000;
const BOTTLES = 60;
const PARENTS = 10;

/** A home with a thousand agents, prompts of one to five thousand characters, and sixty bottles, fifty of which extend another. */
export async function makeHome(stack: AsyncDisposableStack): Promise<HomePaths> {
  const folder = await mkdtemp(join(tmpdir(), "bot-bottle-bench-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const home = homePaths({ BOT_BOTTLE_HOME: folder });
  for (const path of [home.bottles, home.agents]) await mkdir(path, { recursive: true });
  for (let index = 0; index < BOTTLES; index += 1) await writeFile(join(home.bottles, `${bottleName(index)}.md`), bottleText(index));
  for (let index = 0; index < AGENTS; index += 1) await writeFile(join(home.agents, `agent-${index}.md`), agentText(index));
  return home;
}

function bottleName(index: number): string {
  return `bottle-${index % BOTTLES}`;
}

function bottleText(index: number): string {
  const parent = index < PARENTS ? "agent_provider:\n  template: shell" : `extends: ${bottleName(index % PARENTS)}`;
  return `---
# What the team of module ${index} may reach
${parent}

env:
  MODULE: module-${index}
  API_KEY: "?Key of the API"

egress:
  routes:
    - host: api-${index}.example.com     # the module's own
      methods: [GET, POST]
      path_allowlist: [/v1/, /health]
      auth: { scheme: Bearer, token_ref: API_TOKEN }
    - host: docs.python.org
      methods: [GET]

supervise: true
---

The bottle of module ${index}.
`;
}

function agentText(index: number): string {
  const line = "You work in a sandbox. Only the hosts that the operator allows can be reached.\n";
  return `---
name: agent-${index}
description: Works on module ${index} and asks for what it lacks
bottle: ${bottleName(index)}
skills: [review, testing]
model: opus
git-gate:
  user:
    name: Agent ${index}
    email: agent-${index}@example.com
---

# Agent ${index}

${line.repeat(12 + (index % 50))}`;
}
