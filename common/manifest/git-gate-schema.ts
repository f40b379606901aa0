import { z } from "zod";
import { TokenRef } from "../domain/names.ts";
import { hostKeyFault } from "./ssh-host-key.ts";

const IdentityText = z
  .string()
  .regex(/^[^\p{Cc}<>]*$/u, "must be one line without < and >")
  .max(200, "may have at most 200 characters");

/** Who the agent's commits are by: claimed, not vouched for (MAN-8). */
export const GitUser = z
  .strictObject({
    name: IdentityText.optional().describe("Name in commits."),
    email: IdentityText.optional().describe("Email in commits."),
  })
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

/** Where a repository's private key is: a file of the operator's machine, or a secret. */
export const GitIdentity = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), path: z.string() }),
  z.object({ kind: z.literal("secret"), ref: TokenRef }),
]);
export type GitIdentity = z.infer<typeof GitIdentity>;

/**
 * A path where it says so by `/` or `~`, else the name of a secret. Only `~/…` and absolute paths are files: a relative one
 * would name another key depending on where bot-bottle was started. Null for what is neither.
 */
export function parseIdentity(identity: string): GitIdentity | null {
  if (/^(?:~?\/|[A-Za-z]:[\\/])./.test(identity)) return { kind: "file", path: identity };
  return TokenRef.safeParse(identity).success ? { kind: "secret", ref: identity } : null;
}

function identityFault(identity: string): string | null {
  if (parseIdentity(identity) !== null) return null;
  // Whoever pastes the key itself must not find it quoted in a message.
  if (identity.includes("PRIVATE KEY")) return "must name the key, not hold it: give the path of its file, or the name of a secret";
  if (/^~|[\\/]/.test(identity)) return "must be an absolute path or start with ~/, for example ~/.ssh/id_ed25519";
  return "must be the path of a private key, for example ~/.ssh/id_ed25519, or the name of a secret, for example GIT_KEY";
}

function faultless(fault: (text: string) => string | null) {
  return (text: string, context: z.RefinementCtx): void => {
    const message = fault(text);
    if (message !== null) context.addIssue({ code: "custom", message });
  };
}

const Repo = z.strictObject({
  url: z
    .string()
    .refine((url) => parseSshUrl(url) !== null, "must look like ssh://git@github.com/owner/repo.git (a port may follow the host)")
    .describe("Where it is: ssh://user@host[:port]/path."),
  identity: OneLine.superRefine(faultless(identityFault)).describe(
    "Path of a private key, or the name of a secret. The agent never holds it.",
  ),
  host_key: OneLine.superRefine(faultless(hostKeyFault))
    .optional()
    .describe("<type> <base64>: the public key the host proves itself with; without it the gate reaches nobody."),
  allow_force: z.boolean().optional().describe("Lets pushes rewrite branches. Default: false."),
  allow_delete: z.boolean().optional().describe("Lets pushes delete branches and tags. Default: false."),
  on_finding: z.enum(["refuse", "hold"]).optional().describe("What becomes of a push with a secret in it: sent back, or held for you."),
  review: z.enum(["always"]).optional().describe("Holds every push until you have seen it."),
});

const RepoName = z
  .string()
  .regex(/^[A-Za-z0-9._-]+$/, "is not a repository name: only A-Z, a-z, 0-9, . _ and - are allowed")
  .refine((name) => !/^\.+$/.test(name), "is not a repository name");

export const BottleGitGate = z.strictObject({
  user: GitUser.optional().describe("Who commits are by: claimed, not vouched for."),
  repos: z.record(RepoName, Repo).optional().describe("Repositories by name; {} clears what is inherited."),
});
/** An agent says who it is; which repositories it reaches is the bottle's to say (MAN-1). */
export const AgentGitGate = z.strictObject({ user: GitUser.optional().describe("Who commits are by: claimed, not vouched for.") });
