import { z } from "zod";

const IdentityText = z
  .string()
  .regex(/^[^\p{Cc}<>]*$/u, "must be one line without < and >")
  .max(200, "may have at most 200 characters");

/** Who the agent's commits are by: claimed, not vouched for (MAN-8). */
export const GitUser = z
  .strictObject({ name: IdentityText.optional(), email: IdentityText.optional() })
  .refine((user) => (user.name ?? "").trim() !== "" || (user.email ?? "").trim() !== "", "needs a name or an email that is not empty");
export type GitUser = z.output<typeof GitUser>;

/** Where a repository really is, in parts. */
export interface SshUrl {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const SSH_URL =
  /^ssh:\/\/(?<user>[A-Za-z0-9._-]+)@(?<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?<port>[0-9]{1,5}))?\/(?<path>[^\s\p{Cc}?#\\]+)$/u;

/** `ssh://user@host[:port]/path`, port 22 where none is given; null for anything else, a password in the URL included. */
export function parseSshUrl(url: string): SshUrl | null {
  const { user, host, port, path } = SSH_URL.exec(url)?.groups ?? {};
  if (user === undefined || host === undefined || path === undefined) return null;
  const number = Number(port ?? 22);
  // ssh would read a leading dash as an option.
  if (number < 1 || number > 65535 || user.startsWith("-") || host.startsWith("-")) return null;
  return { user, host, port: number, path };
}

const OneLine = z.string().regex(/^[^\p{Cc}]+$/u, "must be one line and not empty");

const Repo = z.strictObject({
  url: z
    .string()
    .refine((url) => parseSshUrl(url) !== null, "must look like ssh://git@github.com/owner/repo.git (a port may follow the host)"),
  /** Path of a private key, or the name of a secret. */
  identity: OneLine,
  host_key: OneLine.optional(),
  allow_force: z.boolean().optional(),
  allow_delete: z.boolean().optional(),
  on_finding: z.enum(["refuse", "hold"]).optional(),
  review: z.enum(["always"]).optional(),
});

const RepoName = z
  .string()
  .regex(/^[A-Za-z0-9._-]+$/, "is not a repository name: only A-Z, a-z, 0-9, . _ and - are allowed")
  .refine((name) => !/^\.+$/.test(name), "is not a repository name");

export const BottleGitGate = z.strictObject({ user: GitUser.optional(), repos: z.record(RepoName, Repo).optional() });
/** An agent says who it is; which repositories it reaches is the bottle's to say (MAN-1). */
export const AgentGitGate = z.strictObject({ user: GitUser.optional() });
