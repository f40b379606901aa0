import { z } from "zod";
import { BottleSummary, DaemonHealth, Preflight, StartStep } from "../domain/bottle.ts";
import { ManifestName, Slug } from "../domain/names.ts";
import { RouteTable } from "../domain/route.ts";
import { auditMethods } from "./audit-methods.ts";
import { egressMethods, egressTopics } from "./egress-methods.ts";
import { gitMethods, gitTopics } from "./git-methods.ts";
import { manifestMethods, PlacedProblem } from "./manifest-methods.ts";
import { method } from "./method.ts";
import { notificationMethods } from "./notification-methods.ts";
import { proposalMethods, proposalTopics } from "./proposal-methods.ts";
import { secretMethods, secretTopics } from "./secret-methods.ts";
import { workspaceMethods, workspaceTopics } from "./workspace-methods.ts";

/** What the start dialog collects. */
export const StartRequest = z.strictObject({
  agent: ManifestName,
  /** Another bottle than the agent's own; null or absent: the one its manifest names. */
  bottle: ManifestName.nullable().optional(),
  /** The operator's project folder, whose own agents count (MAN-1); null for none. */
  workspace: z.string().nullable(),
  /** Whether the folder is copied into the bottle (ENV-4); absent: it is. */
  copyWorkspace: z.boolean().optional(),
  /** What the operator entered for `?prompt` variables, by name (ENV-1): secret. */
  answers: z.record(z.string(), z.string().max(64 * 1024)).optional(),
});
export type StartRequest = z.infer<typeof StartRequest>;

export const ManifestsView = z.strictObject({
  bottles: z.array(
    z.strictObject({ name: ManifestName, file: z.string(), provider: z.string(), routes: z.int(), description: z.string() }),
  ),
  agents: z.array(
    z.strictObject({ name: ManifestName, file: z.string(), bottle: z.string(), source: z.enum(["home", "workspace"]), prompt: z.string() }),
  ),
  errors: z.array(PlacedProblem),
  warnings: z.array(PlacedProblem),
});
export type ManifestsView = z.infer<typeof ManifestsView>;

export const Health = z.strictObject({
  slug: Slug,
  daemons: z.array(DaemonHealth),
  missingSecrets: z.array(z.string()),
  link: BottleSummary.shape.link,
});

export const EngineStatus = z.strictObject({
  state: z.enum(["ready", "unavailable", "checking"]),
  /** e.g. "docker · local engine". */
  label: z.string(),
  version: z.string().nullable(),
  runtime: z.string().nullable(),
  problem: z.string().nullable(),
  hint: z.string().nullable(),
});
export type EngineStatus = z.infer<typeof EngineStatus>;

export const RouteCount = z.strictObject({
  host: z.string(),
  allowed: z.int(),
  refused: z.int(),
  bytesUp: z.int(),
  bytesDown: z.int(),
  lastAt: z.string().nullable(),
});

const Empty = z.strictObject({});
const BySlug = z.strictObject({ slug: Slug });

/** Every call a window may make; main parses the input, the use-case runs, the output is parsed again before it leaves. */
export const methods = {
  "app.info": method(
    Empty,
    z.strictObject({
      version: z.string(),
      shell: z.enum(["electron", "chromium"]),
      home: z.string(),
      platform: z.string(),
      closeNoticeShown: z.boolean(),
    }),
  ),
  "engine.status": method(Empty, EngineStatus),
  "manifests.list": method(z.strictObject({ workspace: z.string().nullable() }), ManifestsView),
  "workspace.choose": method(Empty, z.string().nullable()),
  "bottles.list": method(Empty, z.array(BottleSummary)),
  "bottles.preflight": method(StartRequest, Preflight),
  "bottles.start": method(StartRequest, BySlug),
  "bottles.cancel-start": method(BySlug, Empty),
  "bottles.stop": method(BySlug, Empty),
  /** Forgets a stopped or failed bottle and removes what is left of it. */
  "bottles.remove": method(BySlug, Empty),
  "routes.get": method(BySlug, z.strictObject({ table: RouteTable, counts: z.array(RouteCount) })),
  "health.get": method(BySlug, Health),
  "sidecars.restart": method(z.strictObject({ slug: Slug, daemon: DaemonHealth.shape.name }), Empty),
  "terminal.open": method(
    z.strictObject({ slug: Slug, cols: z.int().min(2).max(1000), rows: z.int().min(1).max(1000) }),
    z.strictObject({ terminalId: z.string(), snapshot: z.string() }),
  ),
  "terminal.write": method(z.strictObject({ terminalId: z.string(), data: z.string().max(1024 * 1024) }), Empty),
  "terminal.resize": method(
    z.strictObject({ terminalId: z.string(), cols: z.int().min(2).max(1000), rows: z.int().min(1).max(1000) }),
    Empty,
  ),
  /** Characters the window has parsed since the last call: opens the flow again (TRM-3). */
  "terminal.ack": method(z.strictObject({ terminalId: z.string(), chars: z.int().min(0) }), Empty),
  "terminal.close": method(z.strictObject({ terminalId: z.string() }), Empty),
  ...auditMethods,
  ...egressMethods,
  ...gitMethods,
  ...manifestMethods,
  ...notificationMethods,
  ...proposalMethods,
  ...secretMethods,
  ...workspaceMethods,
  "link.open": method(z.strictObject({ url: z.url({ protocol: /^https?$/ }) }), Empty),
} as const;

export type MethodName = keyof typeof methods;
export type MethodInput<M extends MethodName> = z.input<(typeof methods)[M]["input"]>;
export type MethodOutput<M extends MethodName> = z.output<(typeof methods)[M]["output"]>;

/** What main pushes. Snapshots replace what the window had; `decisions` and `terminal` append. */
export const topics = {
  engine: EngineStatus,
  bottles: z.array(BottleSummary),
  manifests: z.strictObject({}),
  start: z.strictObject({ slug: Slug, steps: z.array(StartStep) }),
  routes: z.strictObject({ slug: Slug, table: RouteTable }),
  health: Health,
  terminal: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("data"), terminalId: z.string(), data: z.string() }),
    /** The buffer towards this window overflowed: replace everything by this screen (TRM-3). */
    z.strictObject({ kind: z.literal("resync"), terminalId: z.string(), snapshot: z.string() }),
    z.strictObject({ kind: z.literal("exit"), terminalId: z.string(), exitCode: z.int().nullable() }),
  ]),
  ...egressTopics,
  ...gitTopics,
  ...proposalTopics,
  ...secretTopics,
  ...workspaceTopics,
  notice: z.strictObject({ tone: z.enum(["info", "warn", "bad"]), text: z.string() }),
} as const;

export type TopicName = keyof typeof topics;
export type TopicPayload<T extends TopicName> = z.output<(typeof topics)[T]>;

/** How a failure crosses the bridge: operator errors keep code and hint, anything else becomes `internal`. */
export const IpcFailure = z.strictObject({ code: z.string(), message: z.string(), hint: z.string().nullable() });
export type IpcFailure = z.infer<typeof IpcFailure>;

export const IpcReply = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), failure: IpcFailure }),
]);
export type IpcReply = z.infer<typeof IpcReply>;
