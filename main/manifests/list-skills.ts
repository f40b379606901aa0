import { readdir } from "node:fs/promises";
import { SkillName } from "#common/manifest/agent-schema.ts";

/** Names of the skills in several folders, each once; which one counts is decided where they are copied. */
export async function listSkills(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name);
    }),
  );
  return [...new Set(found.flat())].filter((name) => SkillName.safeParse(name).success).sort();
}
