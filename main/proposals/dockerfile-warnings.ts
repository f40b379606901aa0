import type { DockerfileInstruction } from "#common/domain/dockerfile-instructions.ts";
import { readDockerfile } from "#common/domain/dockerfile-instructions.ts";

/** Instructions that do more than install something, in plain words: what is easily overlooked in a long file. */
const TELLING: readonly { holds(instruction: DockerfileInstruction): boolean; readonly text: string }[] = [
  { holds: pipesToShell, text: "It downloads a script and runs it without looking at it." },
  {
    holds: ({ keyword, rest }) => keyword === "RUN" && /\bsetcap\b|\bchmod[ \t]+(?:[ugoa]*\+[rwx]*s|[246][0-7]{3})\b/i.test(rest),
    text: "It gives a program more rights than who runs it has.",
  },
  {
    holds: ({ keyword, rest }) =>
      (keyword === "ENV" || keyword === "ARG") && /proxy|\b(?:LD_PRELOAD|NODE_OPTIONS|PYTHONPATH|PATH|BASH_ENV)\b/i.test(rest),
    text: "It sets variables that change where programs come from or where they connect to.",
  },
  { holds: ({ keyword }) => keyword === "SHELL", text: "It has the build's commands run by another shell." },
];

/**
 * Looked at instruction by instruction with patterns that need no second look at a character: the text is an agent's, and must
 * not be able to hold up the panel.
 */
export function dockerfileWarnings(dockerfile: string): string[] {
  const reading = readDockerfile(dockerfile);
  if (!reading.ok) return [];
  return TELLING.filter(({ holds }) => reading.instructions.some((instruction) => holds(instruction))).map(({ text }) => text);
}

function pipesToShell({ keyword, rest }: DockerfileInstruction): boolean {
  const download = keyword === "RUN" ? /\b(?:curl|wget)\b/i.exec(rest) : null;
  return download !== null && /\|[ \t]*(?:sudo[ \t]+)?(?:ba|z|da|a)?sh\b/i.test(rest.slice(download.index));
}
