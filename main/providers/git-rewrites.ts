import type { SshUrl } from "#common/manifest/git-gate-schema.ts";
import { GIT_GATE_PORT } from "#common/wire/ports.ts";

/** A repository as the agent's git is to find it. */
export interface GateAddress {
  readonly name: string;
  readonly upstream: SshUrl;
}

export const GATE_URL = `http://git-gate:${GIT_GATE_PORT}/`;

/** git replaces the prefix `from` of an address by `to`; the longest prefix that fits wins. */
interface Rewrite {
  readonly from: string;
  readonly to: string;
}

/**
 * Sections of a git configuration that lead every spelling of each upstream to the gate (GIT-1), for fetch and for push alike: a
 * `pushInsteadOf` of the project's own would otherwise take pushes elsewhere.
 */
export function rewriteSections(repos: readonly GateAddress[]): string {
  const byTarget = new Map<string, string[]>();
  for (const { from, to } of rewrites(repos)) byTarget.set(to, [...(byTarget.get(to) ?? []), from]);
  return [...byTarget].map(([to, from]) => section(to, from)).join("");
}

/** The schema admits no control characters, so quotes and backslashes are all there is to escape. */
export function quoteGitValue(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function section(to: string, from: readonly string[]): string {
  const lines = from.flatMap((prefix) => [`\tinsteadOf = ${quoteGitValue(prefix)}\n`, `\tpushInsteadOf = ${quoteGitValue(prefix)}\n`]);
  return `[url ${quoteGitValue(to)}]\n${lines.join("")}`;
}

/** Where two repositories share a spelling, the one declared first has it. */
function rewrites(repos: readonly GateAddress[]): Rewrite[] {
  const targets = new Map<string, string>();
  for (const { name, upstream } of repos) {
    for (const from of spellings(upstream)) if (!targets.has(from)) targets.set(from, `${GATE_URL}${name}.git`);
  }
  for (const { upstream } of repos) {
    for (const from of neighbours(upstream)) if (!targets.has(from)) targets.set(from, from);
  }
  return [...targets].map(([from, to]) => ({ from, to }));
}

/** `ssh://user@host:port/path`, `user@host:path` and `https://host/path`, each with and without what may be left out. */
function spellings(upstream: SshUrl): string[] {
  const { user, host, port } = upstream;
  const authorities = [`${user}@${host}:${port}`, `${host}:${port}`, ...(port === 22 ? [`${user}@${host}`, host] : [])];
  return endings(upstream).flatMap((path) => [
    ...authorities.map((authority) => `ssh://${authority}/${path}`),
    // The scp-like form has no place for a port.
    ...(port === 22 ? scpPaths(path).flatMap((each) => [`${user}@${host}:${each}`, `${host}:${each}`]) : []),
    `https://${host}/${path}`,
  ]);
}

function endings({ path }: SshUrl): [string, string] {
  const stem = path.replace(/\/+$/, "").replace(/\.git$/, "");
  return [`${stem}.git`, stem];
}

/** A path below the account's home is the same with and without `~/`; hosts of repositories read `/owner/repo` like `owner/repo`. */
function scpPaths(path: string): string[] {
  return path.startsWith("~/") ? [path, path.slice(2)] : [path, `/${path}`];
}

const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789._-";

/**
 * Prefixes of other repositories' addresses that begin like a declared one: `…/repo` is a prefix of `…/repo-two` too, and
 * `…/repo.git` of `…/repo.github.io`. Led to themselves, they stay what they are. Only for https: over ssh there is no other way
 * out of a bottle. Each costs the agent's git a little at every call, so unlikely capitals after `.git` are left out.
 */
function neighbours(upstream: SshUrl): string[] {
  const [whole, stem] = endings(upstream).map((path) => `https://${upstream.host}/${path}`);
  const next = (path: string | undefined, letters: string) => [...letters].map((letter) => `${path}${letter}`);
  return [...next(stem, `${LOWER}ABCDEFGHIJKLMNOPQRSTUVWXYZ`), ...next(whole, LOWER)];
}
