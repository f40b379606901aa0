import { z } from "zod";
import { ManifestName } from "../domain/names.ts";
import { AgentGitGate } from "./git-gate-schema.ts";

/** A folder's name: it becomes one below the agent's home. */
export const SkillName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be the name of a skill: letters, digits, . _ and -");

/** Accepted and ignored, so that the same file can serve as a Claude Code subagent (MAN-3). */
const Ignored = z.unknown().optional().describe("Of Claude Code subagents; ignored here.");

export const AgentFrontmatter = z.strictObject({
  bottle: ManifestName.describe("The bottle the agent runs in, a file of your home's bottles folder."),
  skills: z.array(SkillName).optional().describe("Folders in your home's skills, or in ~/.claude/skills, that the agent gets a copy of."),
  "git-gate": AgentGitGate.optional().describe("Who the agent's commits are by, over what its bottle says."),
  name: Ignored,
  description: Ignored,
  model: Ignored,
  color: Ignored,
  memory: Ignored,
});
export type AgentFrontmatter = z.output<typeof AgentFrontmatter>;
