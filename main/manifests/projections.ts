import type { ManifestsView } from "#common/ipc/contract.ts";
import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import type { FileProblem, ManifestSet } from "./manifest-set.ts";

/** Of a thousand agents nobody reads the prompts in a list. */
const SHOWN_PROMPT = 500;

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
    agents: set.agents.map(({ name, file, bottle, source, prompt }) => ({
      name,
      file,
      bottle,
      source,
      prompt: prompt.length > SHOWN_PROMPT ? `${prompt.slice(0, SHOWN_PROMPT)}…` : prompt,
    })),
    errors: set.errors.map(placed("error")),
    warnings: set.warnings.map(placed("warning")),
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
    errors: set.errors.map(placed("error")),
    warnings: set.warnings.map(placed("warning")),
  };
}

export function placed(severity: PlacedProblem["severity"]) {
  return ({ file, line, column, endColumn, message, excerpt }: FileProblem): PlacedProblem => ({
    file,
    line,
    column,
    endColumn,
    message,
    excerpt,
    severity,
  });
}
