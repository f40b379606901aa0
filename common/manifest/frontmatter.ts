import type { Checked } from "./problem.ts";
import { failed, passed, problemAt, START_OF_FILE } from "./problem.ts";

/** A Markdown file cut at its two `---` lines (MAN-2). The YAML starts on line 2. */
export interface MarkdownParts {
  readonly yaml: string;
  readonly body: string;
}

const FENCE = /^---[ \t]*$/;

export function splitFrontmatter(text: string): Checked<MarkdownParts> {
  const lines = text.split("\n");
  if (!FENCE.test(lines[0] ?? "")) {
    return failed(problemAt(START_OF_FILE, "a manifest starts with frontmatter: the first line must be ---"));
  }
  const end = lines.findIndex((line, index) => index > 0 && FENCE.test(line));
  if (end === -1) return failed(problemAt(START_OF_FILE, "the frontmatter that starts here never ends; close it with a line ---"));
  return passed({
    yaml: lines.slice(1, end).join("\n"),
    body: lines
      .slice(end + 1)
      .join("\n")
      .trim(),
  });
}
