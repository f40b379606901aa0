import type { GateRepo, PushRule } from "#common/domain/git.ts";
import { inertLine } from "../inert-line.ts";
import type { RunResult } from "../programs.ts";

export type UpstreamRule = Extract<PushRule, "key-missing" | "host-key" | "upstream-unreachable" | "upstream-refused" | "upstream-moved">;

/** Why the upstream could not be asked, in a sentence that client and operator both read. */
export interface UpstreamProblem {
  readonly rule: UpstreamRule;
  readonly reason: string;
}

const CLASSES: readonly { readonly pattern: RegExp; readonly rule: UpstreamRule; say(where: string, detail: string): string }[] = [
  {
    pattern: /host key verification failed|host identification has changed|no matching host key type/i,
    rule: "host-key",
    say: (where) =>
      `${where} does not prove itself with the pinned host key: nothing was sent. If its key was changed on purpose, the operator puts the new one into host_key`,
  },
  {
    pattern: /permission denied|too many authentication failures|no supported authentication methods/i,
    rule: "upstream-refused",
    say: (where) => `${where} does not accept this repository's SSH key: the operator checks that the key has access`,
  },
  {
    pattern:
      /could not resolve hostname|connection refused|timed out|no route to host|network is unreachable|connection reset|connection closed|broken pipe|kex_exchange_identification|banner exchange|mux_client|hung up unexpectedly|early EOF/i,
    rule: "upstream-unreachable",
    say: (where, detail) => `${where} cannot be reached (${detail}): try again later`,
  },
];

/** What a failed program of ours says about the upstream. */
export function upstreamProblem(repo: GateRepo, result: Pick<RunResult, "stderr" | "stalled" | "code">): UpstreamProblem {
  const where = `${repo.upstream.host}:${repo.upstream.port}`;
  if (result.stalled)
    return { rule: "upstream-unreachable", reason: `${where} cannot be reached (it did not answer in time): try again later` };
  const known = CLASSES.find(({ pattern }) => pattern.test(result.stderr));
  const detail = tellingLine(result.stderr, known?.pattern ?? null);
  if (known !== undefined) return { rule: known.rule, reason: known.say(where, detail) };
  return { rule: "upstream-refused", reason: `${where} refused: ${detail}` };
}

/** The line that says most: the one that was recognised, else what the upstream or git called an error. */
function tellingLine(stderr: string, pattern: RegExp | null): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  const said =
    lines.find((line) => pattern?.test(line) ?? false) ??
    lines.find((line) => /^(?:remote: )?(?:fatal|error)/i.test(line)) ??
    lines.at(-1) ??
    "it said nothing";
  return inertLine(said.replace(/^(?:fatal|error|ssh): /, ""), 300);
}
