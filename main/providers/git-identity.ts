import type { GitUser } from "#common/manifest/git-gate-schema.ts";
import type { GuestEntry } from "../backends/backend.ts";

/** `Name <email>` as the preflight shows it; null where nothing is claimed. */
export function describeIdentity(user: GitUser | undefined): string | null {
  if (user === undefined) return null;
  return [user.name, user.email === undefined ? undefined : `<${user.email}>`].filter((part) => part !== undefined).join(" ");
}

/** The agent's own `~/.gitconfig`, which it may change: an identity is claimed, not vouched for (MAN-8). */
export function gitConfigEntry(user: GitUser | undefined, guestHome: string): GuestEntry[] {
  if (user === undefined) return [];
  const lines = Object.entries(user).flatMap(([key, value]) => (value ? [`\t${key} = ${quote(value)}`] : []));
  return [{ kind: "file", path: `${guestHome}/.gitconfig`, mode: 0o644, owner: "guest", content: `[user]\n${lines.join("\n")}\n` }];
}

/** The schema admits no control characters, so quotes and backslashes are all there is to escape. */
function quote(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
