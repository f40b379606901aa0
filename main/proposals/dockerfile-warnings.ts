/** Instructions that do more than install something, in plain words: what is easily overlooked in a long file. */
const TELLING: readonly { holds(instruction: string): boolean; readonly text: string }[] = [
  { holds: pipesToShell, text: "It downloads a script and runs it without looking at it." },
  {
    holds: (line) => /^ADD[ \t]/i.test(line) && /(?:https?|git|ssh):\/\//i.test(line),
    text: "ADD fetches something from the network at each build.",
  },
  {
    holds: (line) => /--mount=/i.test(line) && /type=(?:secret|ssh)\b/i.test(line),
    text: "It asks for secrets or keys of the build, which it does not get.",
  },
  {
    holds: (line) => /^#[ \t]*syntax[ \t]*=/i.test(line),
    text: "Its first line has the file read by a program from the network instead of the engine's own.",
  },
  {
    holds: (line) => /^(?:COPY|ADD)[ \t]/i.test(line) && !/--from=|:\/\//i.test(line),
    text: "It copies files from beside it, where there are none.",
  },
  {
    holds: (line) => /\bsetcap\b|\bchmod[ \t]+(?:[ugoa]*\+[rwx]*s|[246][0-7]{3})\b/i.test(line),
    text: "It gives a program more rights than who runs it has.",
  },
  {
    holds: (line) => /^ENV[ \t]/i.test(line) && /(?:proxy|LD_PRELOAD|NODE_OPTIONS|\bPATH)\b/i.test(line),
    text: "It sets variables that change where programs come from or where they connect to.",
  },
];

/**
 * Looked at line by line with patterns that need no second look at a character: the text is an agent's, and must not be able to
 * hold up the panel.
 */
export function dockerfileWarnings(dockerfile: string): string[] {
  const instructions = instructionsOf(dockerfile);
  const users = instructions.flatMap((line) => /^USER[ \t]+(\S+)/i.exec(line)?.[1] ?? []);
  return [
    ...TELLING.filter(({ holds }) => instructions.some((line) => holds(line))).map(({ text }) => text),
    ...(/^(?:root|0)(?::|$)/.test(users.at(-1) ?? "") ? ["It ends as root; the agent still runs as its own user."] : []),
  ];
}

/** Each instruction as one line, without the blanks around it. */
function instructionsOf(dockerfile: string): string[] {
  return dockerfile
    .replace(/\r\n?/g, "\n")
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.trim());
}

function pipesToShell(line: string): boolean {
  const download = /\b(?:curl|wget)\b/i.exec(line);
  return download !== null && /\|[ \t]*(?:sudo[ \t]+)?(?:ba|z|da|a)?sh\b/i.test(line.slice(download.index));
}
