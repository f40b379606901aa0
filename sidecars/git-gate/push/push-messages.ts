import type { HeldPush, PushFinding } from "#common/domain/git.ts";
import { inertLine } from "../inert-line.ts";

/** What whoever pushes reads after `remote: `. It is written for an agent: what happened, and what it can do now. */
const NAME = "bot-bottle:";
const MAX_FINDINGS = 20;
const MAX_NOTE = 1000;

export function refusedLines(reason: string): string[] {
  return [`${NAME} refused: ${inertLine(reason, 1000)}`, `${NAME} nothing was sent upstream.`];
}

/** Each finding with its place; the secret itself is never quoted (GIT-4). */
export function findingLines(findings: readonly PushFinding[], count: number): string[] {
  const shown = findings.slice(0, MAX_FINDINGS).map((finding) => inertLine(`${NAME}   ${describe(finding)}`, 500));
  return count > shown.length ? [...shown, `${NAME}   … and ${count - shown.length} more`] : shown;
}

export function findingAdvice(): string[] {
  return [
    `${NAME} take the secret out of every commit that is pushed (git commit --amend, git rebase -i), not only out of the last one,`,
    `${NAME} then push again. A secret that was used for real must be replaced: tell the operator.`,
  ];
}

export function holdingLines(id: string, why: string, seconds: number): string[] {
  return [`${NAME} held as ${id}: ${inertLine(why, 500)}`, `${NAME} waiting up to ${Math.ceil(seconds)} s for the operator…`];
}

export function stillHeldLines(id: string): string[] {
  return [
    `${NAME} ${id} still waits for the operator; nothing was sent upstream yet. Go on with other work. To learn what became of it`,
    `${NAME} push the same again, or ask the supervise tool proposal-status (id: ${id}). Do not rewrite it to push it by other ways.`,
  ];
}

export function decidedLines({ push, decision }: HeldPush): string[] {
  const note = decision === null || decision.note === "" ? [] : [`${NAME} operator's note: ${inertLine(decision.note, MAX_NOTE)}`];
  return [`${NAME} the operator refused ${push.id}; nothing was sent upstream. Do not push the same again.`, ...note];
}

export function forwardedElsewhereLines(id: string): string[] {
  return [`${NAME} the operator let ${id} pass and it is upstream now: run git fetch. Nothing is left to push.`];
}

export function remarkLines(remarks: readonly string[]): string[] {
  return remarks.map((remark) => `upstream: ${remark}`);
}

function describe({ rule, place, path, line, commit, excerpt }: PushFinding): string {
  const where =
    place === "ref"
      ? `the name ${path ?? ""}`
      : place === "file"
        ? `${path ?? "a file"}${line === null ? "" : `:${line}`}`
        : `the ${place}`;
  return `${rule} in ${where}${commit === null ? "" : ` of ${commit.slice(0, 10)}`}: ${excerpt}`;
}
