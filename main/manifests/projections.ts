import type { ManifestsView } from "#common/ipc/contract.ts";
import type { FileProblem, ManifestSet } from "./manifest-set.ts";

/** The set as a window shows it. */
export function manifestsView(set: ManifestSet): ManifestsView {
  return {
    bottles: set.bottles.map(({ name, file, description, settings }) => ({
      name,
      file,
      provider: settings.agent_provider.template,
      routes: settings.egress?.routes?.length ?? 0,
      description,
    })),
    agents: set.agents.map(({ name, file, bottle, source, prompt }) => ({ name, file, bottle, source, prompt })),
    errors: set.errors.map(place),
    warnings: set.warnings.map(place),
  };
}

/** The set as `bot-bottle manifests --json` prints it: bottles with their effective frontmatter (CLI-1). */
export function manifestsJson(set: ManifestSet) {
  return {
    bottles: set.bottles.map(({ name, file, description, settings }) => ({ name, file, description, ...settings })),
    agents: set.agents.map(({ name, file, source, bottle, skills, gitUser, prompt }) => ({
      name,
      file,
      source,
      bottle,
      skills,
      ...(gitUser === undefined ? {} : { "git-gate": { user: gitUser } }),
      prompt,
    })),
    errors: set.errors.map(place),
    warnings: set.warnings.map(place),
  };
}

function place({ file, line, message }: FileProblem) {
  return { file, line, message };
}
