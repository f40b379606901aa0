import { z } from "zod";
import { Slug, Timestamp } from "./names.ts";

/** Name of a repository at its bottle's gate: `http://git-gate:9420/<name>.git` (MAN-5). */
export const RepoName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9._-]+$/)
  .refine((name) => !/^\.+$/.test(name));
export type RepoName = z.infer<typeof RepoName>;

/** SHA-1 or SHA-256 object id; all zeroes stand for "no ref". */
export const ObjectId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
export type ObjectId = z.infer<typeof ObjectId>;

/**
 * Where a repository really is. Every part becomes part of an `ssh://` URL on a command line: nothing here can be read as an
 * option, another URL or a second line.
 */
const Upstream = z.strictObject({
  user: z.string().regex(/^[A-Za-z0-9._][A-Za-z0-9._-]{0,63}$/),
  host: z.string().regex(/^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}))$/),
  port: z.int().min(1).max(65535),
  path: z.string().regex(/^[^\s\p{Cc}?#\\]{1,4096}$/u),
});

/** What the gate is told of one repository. Holds no secret: the key comes over the control channel (SSH-4). */
export const GateRepo = z.strictObject({
  name: RepoName,
  upstream: Upstream,
  /** `<type> <base64>` as in a known_hosts line, without host names. Empty: none is pinned, and the gate reaches nobody. */
  hostKey: z.string().regex(/^(?:[a-z0-9@.-]{1,64} [A-Za-z0-9+/]{16,12000}={0,2})?$/),
  allowForce: z.boolean(),
  allowDelete: z.boolean(),
  onFinding: z.enum(["refuse", "hold"]),
  /** Every push waits for the operator (GIT-6). */
  reviewAlways: z.boolean(),
});
export type GateRepo = z.infer<typeof GateRepo>;

/** The URL that the gate gives to git, and that is shown: inert text. */
export function upstreamUrl({ upstream: { user, host, port, path } }: Pick<GateRepo, "upstream">): string {
  return `ssh://${user}@${host}:${port}/${path.replace(/^\//, "")}`;
}

/** One ref of a push, as the client asked for it. */
export const RefUpdate = z.strictObject({
  ref: z.string().max(1024),
  old: ObjectId,
  new: ObjectId,
  kind: z.enum(["create", "update", "force", "delete"]),
});
export type RefUpdate = z.infer<typeof RefUpdate>;

/** A secret that the scanner saw, without the secret. */
export const PushFinding = z.strictObject({
  /** Stable over pushes: commit, file, rule and line, or of a message; what "allow once" names. */
  fingerprint: z.string().max(2048),
  /** The scanner's rule, e.g. `github-pat`. */
  rule: z.string().max(200),
  description: z.string().max(500),
  commit: ObjectId.nullable(),
  /** Where it stands: a file's path, or the message, author, tag or name of a ref that carries it. */
  place: z.enum(["file", "message", "author", "tag", "ref"]),
  path: z.string().max(4096).nullable(),
  line: z.int().min(1).nullable(),
  /** The line with the secret replaced; hostile text. */
  excerpt: z.string().max(500),
});
export type PushFinding = z.infer<typeof PushFinding>;

export const PushCommit = z.strictObject({
  id: ObjectId,
  author: z.string().max(400),
  date: z.string().max(40),
  subject: z.string().max(500),
});
export type PushCommit = z.infer<typeof PushCommit>;

/** Why a push ended as it did; the client's `remote:` lines and the panel name it. */
export const PushRule = z.enum([
  "clean",
  "nothing-new",
  "finding",
  "review",
  "scan-failed",
  "force-not-allowed",
  "delete-not-allowed",
  "ref-not-allowed",
  "object-check",
  "limit",
  "key-missing",
  "host-key",
  "upstream-unreachable",
  "upstream-refused",
  "upstream-moved",
  "interrupted",
]);
export type PushRule = z.infer<typeof PushRule>;

/** One push, ended or held: an event of its bundle (EGR-7's twin for git). */
export const PushRecord = z.strictObject({
  /** `<slug>.g<n>`. */
  id: z.string().regex(/^[a-z0-9-]+\.g[0-9]{1,12}$/),
  time: Timestamp,
  repo: RepoName,
  refs: z.array(RefUpdate).max(100),
  /** Of which `refs` shows the first 100. */
  refCount: z.int(),
  verdict: z.enum(["forwarded", "refused", "failed", "held"]),
  rule: PushRule,
  /** One sentence for operator and client. */
  reason: z.string().max(1000),
  findings: z.array(PushFinding).max(100),
  findingCount: z.int(),
  commits: z.array(PushCommit).max(100),
  commitCount: z.int(),
  bytes: z.int(),
  durationMs: z.number(),
});
export type PushRecord = z.infer<typeof PushRecord>;

export const PushDecision = z.strictObject({
  verdict: z.enum(["forwarded", "refused"]),
  decidedAt: Timestamp,
  by: z.string(),
  note: z.string().max(4000),
  /** Fingerprints the operator let pass, this once. */
  allowedFindings: z.array(z.string().max(2048)).max(100),
});
export type PushDecision = z.infer<typeof PushDecision>;

/** A push that waits for the operator, or did (GIT-6). */
export const HeldPush = z.strictObject({
  slug: Slug,
  push: PushRecord,
  /** SHA-256 (hex) over repository, ref updates and findings: a decision names it, so that what was seen is what is forwarded. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  status: z.enum(["held", "forwarded", "refused", "withdrawn"]),
  decision: PushDecision.nullable(),
});
export type HeldPush = z.infer<typeof HeldPush>;

/** What a held push changes in one file, secrets replaced in the bundle already. */
export const PushFile = z.strictObject({
  path: z.string().max(4096),
  oldPath: z.string().max(4096).nullable(),
  change: z.enum(["added", "changed", "removed", "renamed"]),
  added: z.int(),
  removed: z.int(),
  binary: z.boolean(),
  /** Git's mode where the file is new or its mode changed: 100755 a program, 120000 a symbolic link, 160000 another repository. */
  mode: z.enum(["100644", "100755", "120000", "160000"]).optional(),
  /** Unified hunks; empty for a binary file. Hostile text. */
  patch: z.string(),
  /** The patch was cut at the limit. */
  cut: z.boolean(),
});
export type PushFile = z.infer<typeof PushFile>;

/** A repository as its gate sees it. */
export const RepoStatus = z.strictObject({
  name: RepoName,
  /** `ssh://git@host:port/path`, inert text. */
  upstream: z.string(),
  key: z.enum(["ready", "missing", "expired"]),
  keyExpiresAt: Timestamp.nullable(),
  refresh: z.enum(["never", "ok", "failed"]),
  refreshedAt: Timestamp.nullable(),
  /** Why the last refresh failed. */
  problem: z.string().max(1000).nullable(),
  branches: z.int(),
  tags: z.int(),
});
export type RepoStatus = z.infer<typeof RepoStatus>;
