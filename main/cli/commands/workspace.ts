import { OperatorError } from "#common/domain/operator-error.ts";
import type { WorkspaceChange, WorkspaceChanges } from "#common/ipc/workspace-methods.ts";
import type { OnRead } from "../../workspace/bring-back.ts";
import { confirm } from "../confirm.ts";
import type { Command } from "../context.ts";
import { parseSlug, ttyOf } from "../context.ts";
import { inert } from "../inert.ts";

export interface ChangesOptions {
  readonly patch?: boolean;
}

export interface BringBackOptions {
  readonly digest?: string;
  readonly overwrite?: readonly string[];
  readonly yes?: boolean;
}

const SIGNS: Readonly<Record<WorkspaceChange["change"], string>> = { added: "A", changed: "M", removed: "D", mode: "X" };
const TELL_EVERY_MS = 1000;

/** What the agent changed in its copy of the folder. */
export async function changes(command: Command, slug: string, options: ChangesOptions): Promise<number> {
  const { services } = await command.product();
  const review = await services.bringBack.changes(parseSlug(slug), telling(command), command.signal);
  if (options.patch === true) return writePatch(command, await services.bringBack.patch(slug, review.digest, command.signal));
  command.output.result(review, () => formatChanges(review));
  return 0;
}

/** Brings changes back: those named, or all that can be without losing anything of the host's. */
export async function bringBack(command: Command, slug: string, paths: readonly string[], options: BringBackOptions): Promise<number> {
  const { services } = await command.product();
  const review = await services.bringBack.changes(parseSlug(slug), telling(command), command.signal);
  requireReviewed(review, options.digest);
  const overwrite = options.overwrite ?? [];
  const chosen = paths.length > 0 ? [...paths, ...overwrite] : applicable(review, overwrite);
  if (chosen.length === 0) {
    command.output.result({ applied: [], skipped: [], backup: null }, () => "Nothing to bring back.");
    return 0;
  }
  if (options.digest === undefined) command.output.say(formatChanges(review));
  const question = `Write ${chosen.length} of these to ${review.hostPath}?`;
  if (options.yes !== true && !(await confirm(command, question))) return 0;
  const done = await services.bringBack.apply(slug, { digest: review.digest, paths: chosen, overwrite }, command.signal);
  for (const { path, reason } of done.skipped) command.output.say(inert(`  - left as it is: ${path}: ${reason}`));
  command.output.result(done, () => {
    const kept = done.backup === null ? "" : `\nWhat it replaced is kept in ${done.backup}`;
    return `${done.applied.length} brought back to ${review.hostPath}.${kept}`;
  });
  return done.skipped.length === 0 ? 0 : 1;
}

/** What was read in an earlier call is what is applied now, or nothing is. */
function requireReviewed({ digest }: WorkspaceChanges, reviewed: string | undefined): void {
  if (reviewed === undefined || reviewed === digest) return;
  throw new OperatorError("stale-revision", {
    message: "The bottle's workspace or the folder changed since that review; nothing was brought back",
    hint: "See what changed with `bot-bottle changes`.",
  });
}

function applicable({ changes: all }: WorkspaceChanges, overwrite: readonly string[]): string[] {
  return all.filter(({ path, refused, conflict }) => refused === null && (!conflict || overwrite.includes(path))).map(({ path }) => path);
}

/** Raw for a file or another tool, which must get it as it is; for a terminal without what would act on it. */
function writePatch(command: Command, patch: string): number {
  if (command.output.json) command.output.result({ patch }, () => patch);
  else command.stdout.write(ttyOf(command) === null ? patch : patch.split("\n").map(inert).join("\n"));
  return 0;
}

function formatChanges({ slug, hostPath, changes: all, total, notes, digest }: WorkspaceChanges): string {
  const more = total > all.length ? [`… and ${total - all.length} more`] : [];
  const head = total === 0 ? `${slug} changed nothing in its copy of ${hostPath}` : `${slug} changed ${total} in its copy of ${hostPath}:`;
  return inertLines([head, ...all.flatMap(formatChange), ...more, ...notes, ...(total === 0 ? [] : [`review ${digest}`])]);
}

function formatChange({ path, change, kind, added, removed, binary, conflict, refused, warnings }: WorkspaceChange): string[] {
  const lines = binary ? "binary" : added + removed > 0 ? `+${added} -${removed}` : kind === "file" ? "" : kind;
  const remarks = [
    ...(refused === null ? [] : [`cannot be brought back: ${refused}`]),
    ...(conflict ? ["conflict: it changed on this machine too"] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
  return [`  ${SIGNS[change]} ${path}${lines === "" ? "" : `  ${lines}`}`, ...remarks.map((remark) => `      ${remark}`)];
}

/** A name that holds a line break must not look like two. */
function inertLines(lines: readonly string[]): string {
  return lines.map((line) => inert(line.replaceAll("\n", "\\n"))).join("\n");
}

function telling(command: Command): OnRead {
  let toldAt = performance.now();
  return (entries, bytes) => {
    if (command.output.json || performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    command.output.say(`  … reading the bottle: ${entries} entries, ${Math.round(bytes / 1024 / 1024)} MiB`);
  };
}
