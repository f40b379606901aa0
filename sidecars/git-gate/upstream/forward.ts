import type { RefUpdate } from "#common/domain/git.ts";
import { inertLine } from "../inert-line.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { RunResult } from "../programs.ts";
import type { UpstreamProblem } from "./upstream-failure.ts";
import { upstreamProblem } from "./upstream-failure.ts";

/** An upstream's own checks may take their time, and a large push does; progress counts as a sign of life. */
const FORWARD_IDLE_MS = 120_000;
const MAX_REMARKS = 20;

export interface ForwardRequest {
  readonly mirror: Mirror;
  /** Where the objects are that the mirror does not have yet. */
  readonly env: Readonly<Record<string, string>>;
  readonly updates: readonly RefUpdate[];
  readonly signal: AbortSignal;
}

export type ForwardOutcome =
  /** `remarks`: what the upstream says to whoever pushes. */
  { readonly ok: true; readonly remarks: readonly string[] } | { readonly ok: false; readonly problem: UpstreamProblem };

/**
 * Sends exactly these object ids to exactly these refs, all or none. Each ref carries a lease on what it was when the push was
 * made; a `+` would override the lease, so that of two racers both would win.
 */
export async function forward(request: ForwardRequest): Promise<ForwardOutcome> {
  const { mirror, env, updates, signal } = request;
  const missing = mirror.keyProblem();
  if (missing !== null) return { ok: false, problem: missing };
  const flags = ["--porcelain", "--progress", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no"];
  const atomic = updates.length > 1 ? ["--atomic"] : [];
  const leases = updates.map(({ ref, old }) => `--force-with-lease=${ref}:${isZero(old) ? "" : old}`);
  const refs = updates.map(({ ref, new: next }) => `${isZero(next) ? "" : next}:${ref}`);
  const args = ["--git-dir", mirror.path, "push", ...flags, ...atomic, ...leases];
  const pushed = await mirror.askUpstream(args, refs, { env, shared: true, idleMs: FORWARD_IDLE_MS, signal });
  if (pushed.code === 0) return { ok: true, remarks: remarksOf(pushed.stderr) };
  const problem = forwardProblem(mirror, pushed);
  // The answer may be what was lost, not the push; and what is there already need not be sent.
  if (problem.rule !== "upstream-refused" && (await upstreamHas(mirror, updates))) return { ok: true, remarks: [] };
  return { ok: false, problem };
}

/** Whether every ref is upstream what it was to become. False also when the upstream cannot be asked. */
export async function upstreamHas(mirror: Mirror, updates: readonly RefUpdate[]): Promise<boolean> {
  const asked = await mirror.askUpstream(
    ["ls-remote"],
    updates.map(({ ref }) => ref),
    { shared: true },
  );
  if (asked.code !== 0) return false;
  const lines = asked.stdout.split("\n").map((line) => line.split("\t"));
  const there = new Map(lines.map(([id = "", ref = ""]) => [ref, id]));
  return updates.every(({ ref, new: next }) => (isZero(next) ? !there.has(ref) : there.get(ref) === next));
}

export function isZero(id: string): boolean {
  return /^0+$/.test(id);
}

/** `!<tab>from:to<tab>[remote rejected] (reason)` for each ref that was not taken. */
function forwardProblem(mirror: Mirror, pushed: RunResult): UpstreamProblem {
  const rejected = pushed.stdout.split("\n").filter((line) => line.startsWith("!\t"));
  const cause = rejected.find((line) => !line.includes("(atomic ")) ?? rejected[0];
  if (cause === undefined) return upstreamProblem(mirror.repo, pushed);
  const [, names = "", summary = ""] = cause.split("\t");
  const ref = names.slice(names.lastIndexOf(":") + 1);
  if (/\((?:stale info|fetch first|non-fast-forward|needs force|already exists)\)/.test(summary)) {
    return { rule: "upstream-moved", reason: inertLine(`${ref} has moved upstream meanwhile: fetch, build upon it and push again`, 400) };
  }
  const said = remarksOf(pushed.stderr).slice(0, 3).join(" / ");
  const reason = `the upstream refused ${ref}: ${summary.replace(/^\[[^\]]*\]\s*/, "")}${said === "" ? "" : ` - ${said}`}`;
  return { rule: "upstream-refused", reason: inertLine(reason, 800) };
}

function remarksOf(stderr: string): string[] {
  const said = stderr.split(/[\r\n]+/).filter((line) => line.startsWith("remote: "));
  const lines = said.map((line) => inertLine(line.slice("remote: ".length), 300));
  return lines.filter((line) => line !== "" && !PROGRESS.test(line)).slice(0, MAX_REMARKS);
}

const PROGRESS = /^(?:Counting|Compressing|Enumerating|Resolving|Checking|Total|Processed|Processing)\b.*(?:\d+%|\d+\/\d+|delta|done)/;
