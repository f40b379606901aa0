import { z } from "zod";
import { GateRepo, HeldPush, PushDecision, PushFile, PushRecord, RepoName, RepoStatus } from "#common/domain/git.ts";
import { Slug } from "#common/domain/names.ts";
import { GateLimits } from "#common/wire/bundle-config.ts";
import { FailureCode } from "#common/wire/control.ts";

/** What init and the git-gate worker thread say to each other. Keys cross only in `set-keys`, in memory. */
export const GitGateWorkerStart = z.strictObject({
  slug: Slug,
  listenHost: z.string(),
  port: z.int(),
  /** Mirrors, held pushes, sockets: private, and the gate's alone. */
  folder: z.string(),
  /** Where `git`, `ssh` and the others are looked up: a thread of init has no environment. */
  path: z.string(),
  /** Name or path of the scanner's program. */
  gitleaks: z.string(),
  repos: z.array(GateRepo),
  limits: GateLimits,
  responseTimeoutSeconds: z.number().positive(),
  /** What init has on disk: held pushes, and those decided lately. */
  pushes: z.array(HeldPush),
});
export type GitGateWorkerStart = z.infer<typeof GitGateWorkerStart>;

const CallId = z.int().min(1);
const PushId = PushRecord.shape.id;

export const SshKey = z.strictObject({ privateKey: z.string(), lifetimeSeconds: z.int().min(1) });
export type SshKey = z.infer<typeof SshKey>;

export const ToGitGateWorker = z.discriminatedUnion("type", [
  /** Answered by `done` or `failed`, as are the next three. */
  z.strictObject({ type: z.literal("set-keys"), callId: CallId, keys: z.record(RepoName, SshKey.nullable()) }),
  z.strictObject({ type: z.literal("refresh"), callId: CallId, repo: RepoName }),
  /** The operator decided: `done` once the upstream has what it lets pass, or nothing stands against the refusal. */
  z.strictObject({ type: z.literal("decide"), callId: CallId, pushId: PushId, decision: PushDecision }),
  /** Answered by `diff` or `failed`. */
  z.strictObject({ type: z.literal("read"), callId: CallId, pushId: PushId }),
  /** A push that init holds no more as `held`: its objects go, whoever waits for it is told. */
  z.strictObject({ type: z.literal("ended"), push: HeldPush }),
  /** Answers `reserve`; null when the bundle's disk refuses. */
  z.strictObject({ type: z.literal("reserved"), callId: CallId, id: PushId.nullable() }),
  /** Answers `pushed` and `hold`; `problem` when it could not be stored. */
  z.strictObject({ type: z.literal("kept"), callId: CallId, problem: z.string().nullable() }),
  /** Stop accepting, end what is open within `graceMs`, then the thread exits with code 0. */
  z.strictObject({ type: z.literal("stop"), graceMs: z.int() }),
]);
export type ToGitGateWorker = z.infer<typeof ToGitGateWorker>;

export const FromGitGateWorker = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("status"), repos: z.array(RepoStatus) }),
  z.strictObject({ type: z.literal("done"), callId: CallId }),
  z.strictObject({ type: z.literal("failed"), callId: CallId, code: FailureCode, message: z.string() }),
  z.strictObject({ type: z.literal("diff"), callId: CallId, files: z.array(PushFile), cut: z.boolean() }),
  /** Asks for an id that no other push of this bottle has or gets. */
  z.strictObject({ type: z.literal("reserve"), callId: CallId }),
  /** A push ended. */
  z.strictObject({ type: z.literal("pushed"), callId: CallId, push: PushRecord }),
  /** A push waits for the operator; its objects are on disk already. */
  z.strictObject({ type: z.literal("hold"), callId: CallId, push: HeldPush }),
  /** Found after a restart: what the operator had decided was carried out before it. */
  z.strictObject({ type: z.literal("forwarded"), pushId: PushId, decision: PushDecision }),
  /** A held push can never be forwarded any more; how it ended. */
  z.strictObject({ type: z.literal("withdrawn"), push: PushRecord }),
]);
export type FromGitGateWorker = z.infer<typeof FromGitGateWorker>;
