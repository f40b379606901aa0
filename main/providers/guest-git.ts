import type { GitUser } from "#common/manifest/git-gate-schema.ts";
import type { GuestEntry } from "../backends/backend.ts";
import { userSection } from "./git-identity.ts";
import type { GateAddress } from "./git-rewrites.ts";
import { GATE_URL, quoteGitValue, rewriteSections } from "./git-rewrites.ts";

/**
 * The agent's git: who it says it is, and the way to the gate for each declared repository. All of it is the agent's own to
 * change; what keeps it from other repositories is the network and the gate.
 */
export function guestGitEntries(user: GitUser | undefined, repos: readonly GateAddress[], guestHome: string): GuestEntry[] {
  const folder = `${guestHome}/.bot-bottle`;
  return [
    { kind: "folder", path: folder, mode: 0o700, owner: "guest" },
    file(`${guestHome}/.gitconfig`, 0o644, `${userSection(user)}[include]\n\tpath = .bot-bottle/git-gate.gitconfig\n`),
    file(`${folder}/git-gate.gitconfig`, 0o644, gateConfig(repos, `${folder}/ssh`)),
    file(`${folder}/ssh`, 0o755, sshWithHint(repos)),
  ];
}

function gateConfig(repos: readonly GateAddress[], ssh: string): string {
  // A proxy that a project configures for itself must not come between git and the gate.
  const direct = `[http ${quoteGitValue(GATE_URL)}]\n\tproxy = ""\n`;
  return `[core]\n\tsshCommand = ${quoteGitValue(ssh)}\n${direct}${rewriteSections(repos)}`;
}

/** ssh as it is, and after it failed to connect the reason, which it cannot know: 255 is its own exit code for that. */
function sshWithHint(repos: readonly GateAddress[]): string {
  const shown = repos
    .slice(0, 10)
    .map(({ name, upstream }) => `${name} (ssh://${upstream.user}@${upstream.host}:${upstream.port}/${upstream.path})`);
  const declared =
    shown.length === 0 ? "No git repository is declared for it." : `git reaches by their own addresses: ${shown.join(", ")}.`;
  const hint = `bot-bottle: SSH does not leave this bottle. ${declared} Ask the operator to declare another under git-gate.repos.`;
  return `#!/bin/sh\nssh "$@"\nstatus=$?\n[ "$status" -eq 255 ] && printf '%s\\n' ${shellQuote(hint)} >&2\nexit "$status"\n`;
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function file(path: string, mode: number, content: string): GuestEntry {
  return { kind: "file", path, mode, owner: "guest", content };
}
