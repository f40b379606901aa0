import type { DockerfileInstruction } from "./dockerfile-instructions.ts";
import { readDockerfile } from "./dockerfile-instructions.ts";

/** What a proposed Dockerfile calls the image that its bottle was started on; no such image exists in any registry. */
export const AGENT_BASE = "bot-bottle-agent";
const BASE_LINE = `FROM ${AGENT_BASE}`;
const MAX_BYTES = 32 * 1024;

const ALLOWED: ReadonlySet<string> = new Set(["FROM", "RUN", "ENV", "ARG", "WORKDIR", "SHELL", "USER"]);
/** Why the others are not, where there is more to say than that. */
const REFUSED = new Map<string, string>([
  ["ADD", "there are no files to add: fetch them in RUN, or write them with printf"],
  ["COPY", "there are no files to copy: fetch them in RUN, or write them with printf"],
  ["CMD", "bot-bottle says how the agent is started: leave it out"],
  ["ENTRYPOINT", "bot-bottle says how the agent is started: leave it out"],
  // A container takes over its image's labels, and labels are how bottles are told apart.
  ["LABEL", "it would have no use here: leave it out"],
  ["ONBUILD", "nothing is built on the new image: write the instruction itself"],
  ["VOLUME", "the workspace and the home are kept already: leave it out"],
]);

/** What a directive in a comment changes is the builder itself: `syntax` fetches another one from a registry. */
const DIRECTIVE = /^[ \t]*#[ \t]*(?:syntax|escape|check)[ \t]*=/im;
/** Printable ASCII, tabs and line feeds: nothing that hides, reorders or looks like something else. */
const PLAIN_TEXT = /^[\t\n\x20-\x7e]*$/;

const SECRET_VALUE =
  /\b(?:gh[opsu]_|github_pat_|glpat-|sk-ant-|sk-proj-|xox[abprs]-|AKIA[0-9A-Z]{12}|AIza[\w-]{20}|npm_\w{20}|eyJ[\w-]{10,}\.eyJ)|-----BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^\s/@:]+:[^\s/@]+@/;
const SECRET_NAME =
  /(?:^|[\s_])(?:TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|API_?KEY|ACCESS_KEY|PRIVATE_KEY)(?:_\w{1,60})?["']?[=\s]\s*\S/i;

/** Everything that keeps a text from being the Dockerfile of an agent's next image, each in a sentence that says what to put right. */
export function dockerfileProblems(text: string): string[] {
  const unreadable = textProblem(text);
  if (unreadable !== null) return [unreadable];
  const reading = readDockerfile(text);
  if (!reading.ok) return [reading.problem];
  const { instructions } = reading;
  return [
    ...baseProblems(text, instructions),
    ...instructions.flatMap(instructionProblems),
    ...userProblems(instructions),
    ...(SECRET_VALUE.test(text) ? ["it holds what looks like a credential: images keep everything, and no credential belongs in one"] : []),
  ];
}

function textProblem(text: string): string | null {
  if (text.length > MAX_BYTES) return `it is longer than ${MAX_BYTES} bytes`;
  if (!PLAIN_TEXT.test(text)) return "it holds characters besides plain ASCII text, tabs and line feeds: write it without them";
  return DIRECTIVE.test(text) ? "directives such as # syntax= are not known: leave them out" : null;
}

function baseProblems(text: string, instructions: readonly DockerfileInstruction[]): string[] {
  const [first, ...others] = instructions;
  if (first?.keyword !== "FROM" || text.split("\n")[first.line - 1] !== BASE_LINE)
    return [`its first instruction must be the line "${BASE_LINE}", which stands for the image this sandbox was started on`];
  if (others.some(({ keyword }) => keyword === "FROM")) return ["it must have one FROM only: other images and stages cannot be used"];
  return others.length === 0 ? ["it changes nothing: say with RUN what to install"] : [];
}

function instructionProblems({ keyword, rest, line }: DockerfileInstruction): string[] {
  const at = `line ${line}: ${keyword.slice(0, 20)}`;
  if (!ALLOWED.has(keyword)) return [`${at} cannot be used: ${REFUSED.get(keyword) ?? `use ${[...ALLOWED].slice(1).join(", ")}`}`];
  if (rest === "") return [`${at} says nothing`];
  if (rest.includes("<<")) return [`${at} must not hold <<, which begins a here-document: write files with printf`];
  if (keyword === "RUN" && rest.startsWith("--")) return [`${at} takes no options such as --mount or --network: write the command alone`];
  if ((keyword === "ENV" || keyword === "ARG") && SECRET_NAME.test(rest))
    return [`${at} sets a credential: images keep everything; the proxy adds credentials to requests, ask with egress-block`];
  return [];
}

/** The agent never runs as root; naming it at the end shows a misunderstanding that would show later as a broken image. */
function userProblems(instructions: readonly DockerfileInstruction[]): string[] {
  const last = instructions.findLast(({ keyword }) => keyword === "USER");
  if (last === undefined || /^[a-z_][a-z0-9_-]*$|^[1-9]\d*(?::[1-9]\d*)?$/.test(last.rest.replace(/^root$/, ""))) return [];
  return [`line ${last.line}: the last USER must be the agent's own again, not root: end with "USER node"`];
}
