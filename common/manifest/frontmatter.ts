import type { Checked } from "./problem.ts";
import { failed, passed, problemAt, START_OF_FILE } from "./problem.ts";

/** A Markdown file cut at its two `---` lines (MAN-2). The YAML starts on line 2. */
export interface MarkdownParts {
  /** Without its last newline. */
  readonly yaml: string;
  readonly body: string;
  /** Where the YAML starts in the text, and where the rest after the closing fence does. */
  readonly yamlStart: number;
  readonly bodyStart: number;
}

const OPENING_FENCE = /^---[ \t]*(?:\n|$)/;
const CLOSING_FENCE = /^---[ \t]*(?:\n|$)/gm;

export function splitFrontmatter(text: string): Checked<MarkdownParts> {
  const opening = OPENING_FENCE.exec(text);
  if (opening === null) return failed(problemAt(START_OF_FILE, "a manifest starts with frontmatter: the first line must be ---"));
  const yamlStart = opening[0].length;
  CLOSING_FENCE.lastIndex = yamlStart;
  const closing = CLOSING_FENCE.exec(text);
  if (closing === null) {
    return failed(problemAt(START_OF_FILE, "the frontmatter that starts here never ends; close it with a line ---"));
  }
  const bodyStart = closing.index + closing[0].length;
  const yaml = text.slice(yamlStart, Math.max(yamlStart, closing.index - 1));
  return passed({ yaml, body: text.slice(bodyStart).trim(), yamlStart, bodyStart });
}
