import type { GitUser } from "#common/manifest/git-gate-schema.ts";
import { quoteGitValue } from "./git-rewrites.ts";

/** `Name <email>` as the preflight shows it; null where nothing is claimed. */
export function describeIdentity(user: GitUser | undefined): string | null {
  if (user === undefined) return null;
  return [user.name, user.email === undefined ? undefined : `<${user.email}>`].filter((part) => part !== undefined).join(" ");
}

/** The `[user]` section of the agent's own `~/.gitconfig`, which it may change: an identity is claimed, not vouched for (MAN-8). */
export function userSection(user: GitUser | undefined): string {
  if (user === undefined) return "";
  const lines = Object.entries({ name: nameOf(user), email: user.email });
  return `[user]\n${lines.flatMap(([key, value]) => (value ? [`\t${key} = ${quoteGitValue(value)}\n`] : [])).join("")}`;
}

/** Without a name git refuses to commit; an address alone says one. */
function nameOf({ name, email }: GitUser): string | undefined {
  return name?.trim() ? name : email?.split("@")[0];
}
