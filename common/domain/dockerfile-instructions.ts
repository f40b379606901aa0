export interface DockerfileInstruction {
  /** In capitals. */
  readonly keyword: string;
  /** What follows it, its lines joined. */
  readonly rest: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

export type DockerfileReading =
  | { readonly ok: true; readonly instructions: readonly DockerfileInstruction[] }
  | { readonly ok: false; readonly problem: string };

const COMMENT = /^[ \t]*#/;
const GOES_ON = /\\[ \t]*$/;
/** Builders disagree on whether two backslashes at the end of a line continue it. */
const AMBIGUOUS_END = /\\\\[ \t]*$/;
const INSTRUCTION = /^[ \t]*([A-Za-z]+)(?:[ \t]+(.*))?$/;

/**
 * A Dockerfile's instructions, read so that no builder can read it otherwise: whatever builders of different age take
 * differently is refused. Parsers made for editors go on after what they do not understand, which is the wrong way round here.
 */
export function readDockerfile(text: string): DockerfileReading {
  const instructions: DockerfileInstruction[] = [];
  let open: { readonly line: number; readonly parts: string[] } | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    // Old builders took an indented comment for a part of the instruction, and what followed it for the next one.
    if (open !== null && /^[ \t]+#/.test(line)) return unreadable(index + 1, "is an indented comment in the middle of an instruction");
    if (COMMENT.test(line)) continue;
    if (line.trim() === "") {
      if (open !== null) return unreadable(index + 1, "is empty in the middle of an instruction");
      continue;
    }
    if (AMBIGUOUS_END.test(line)) return unreadable(index + 1, "ends with more than one backslash");
    const { parts, line: first }: { readonly line: number; readonly parts: string[] } = open ?? { line: index + 1, parts: [] };
    parts.push(line.replace(GOES_ON, " "));
    open = { line: first, parts };
    if (GOES_ON.test(line)) continue;
    const instruction = instructionOf(parts.join(""), first);
    if (instruction === null) return unreadable(first, "is no instruction");
    instructions.push(instruction);
    open = null;
  }
  return open === null ? { ok: true, instructions } : unreadable(open.line, "begins an instruction that does not end");
}

function instructionOf(joined: string, line: number): DockerfileInstruction | null {
  const [, keyword, rest] = INSTRUCTION.exec(joined) ?? [];
  return keyword === undefined ? null : { keyword: keyword.toUpperCase(), rest: (rest ?? "").trim(), line };
}

function unreadable(line: number, problem: string): DockerfileReading {
  return { ok: false, problem: `line ${line} ${problem}` };
}
