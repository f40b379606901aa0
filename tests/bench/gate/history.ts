import { spawn } from "node:child_process";
import { once } from "node:events";
import { GIT_ENV } from "../../support/git-gate/scratch-repo.ts";

/** Adds so many commits to a new branch upon `base`, each of a small change to one of a few hundred files, as a project grows. */
export async function addCommits(work: string, branch: string, base: string, count: number): Promise<void> {
  const importer = spawn("git", ["-C", work, "fast-import", "--quiet"], { env: GIT_ENV, stdio: ["pipe", "ignore", "inherit"] });
  const ended = once(importer, "close");
  for (let index = 0; index < count; index += 1) {
    const text = sourceText(branch, index);
    const message = `Change ${index} of ${branch}`;
    importer.stdin.write(
      [
        `commit refs/heads/${branch}`,
        `committer Ada <ada@example.test> ${1_700_000_000 + index} +0000`,
        `data ${message.length}\n${message}`,
        ...(index === 0 ? [`from ${base}`] : []),
        `M 100644 inline src/module-${index % 300}.ts`,
        `data ${text.length}\n${text}\n`,
      ].join("\n"),
    );
  }
  importer.stdin.end("done\n");
  const [code] = await ended;
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
}

function sourceText(branch: string, index: number): string {
  const line = (row: number) =>
    `export function step${row}(value: number): number {\n  return value * ${index + row} + offset; // ${branch}\n}`;
  return Array.from({ length: 12 }, (_, row) => line(row)).join("\n\n");
}
