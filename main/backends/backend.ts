import type { Duplex, Readable, Writable } from "node:stream";
import type { BottleState, StartStepName } from "#common/domain/bottle.ts";
import type { BackendName, Slug } from "#common/domain/names.ts";

/** A terminal of a guest: raw bytes both ways; `output` ends when the program behind it does. */
export interface TerminalStream extends AsyncDisposable {
  readonly output: Readable;
  readonly input: Writable;
  resize(cols: number, rows: number): Promise<void>;
  /** Exit code of the program; null where the stream was cut while it may still run. */
  readonly exited: Promise<number | null>;
}

/** A program run inside a guest without a terminal. */
export interface ExecStream extends AsyncDisposable {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<number>;
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** One entry of what goes into a guest before it starts, in one tar (D3). */
export type GuestEntry =
  | {
      readonly kind: "file";
      readonly path: string;
      readonly mode: number;
      readonly owner: GuestOwner;
      readonly content: Uint8Array | string;
    }
  | { readonly kind: "folder"; readonly path: string; readonly mode: number; readonly owner: GuestOwner };

export type GuestOwner = "root" | "guest";

/** One thing of the operator's folder, its path relative and in bytes: file systems know no other names. */
export type WorkspaceItem =
  | { readonly kind: "folder"; readonly path: Buffer; readonly mode: number; readonly mtime: Date }
  | { readonly kind: "link"; readonly path: Buffer; readonly target: Buffer; readonly mtime: Date }
  | {
      readonly kind: "file";
      readonly path: Buffer;
      readonly mode: number;
      readonly mtime: Date;
      readonly size: number;
      /** Exactly `size` bytes, whatever becomes of the file meanwhile. */
      readonly content: AsyncIterable<Buffer> | readonly Buffer[];
    };

/** The operator's folder on its way into a guest, parents first. Read once, in order, each content before the next item. */
export interface WorkspaceSource {
  items(signal: AbortSignal): AsyncIterable<WorkspaceItem>;
}

/** An image by content: built from its Dockerfile where the engine does not have it. */
export interface ImageSpec {
  /** Tag that carries a digest of everything it is built from, so that a change of it is another image. */
  readonly ref: string;
  readonly build: {
    /** Absolute path; it need not lie in the context. */
    readonly dockerfile: string;
    readonly contextDir: string;
    readonly args: Readonly<Record<string, string>>;
    /** Paths below `contextDir` that belong to the build; absent: all of it. */
    readonly include?: readonly string[];
    /** Image that the Dockerfile's `ARG BASE` names; absent: the pinned Node base (D13). */
    readonly base?: ImageSpec;
    /** Public image that takes the place of `base` where an image registry answers. */
    readonly publicBase?: string;
    /** Images that the Dockerfile copies from, by the argument that names each. */
    readonly copiesFrom?: Readonly<Record<string, ImageSpec>>;
  };
}

export interface Limits {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly pids: number;
}

/** A program run in the guest, as its user, before the agent; `failure` says what it means that it failed. */
export interface GuestCommand {
  readonly argv: readonly string[];
  readonly failure: string;
}

/** What depends on where a bottle came to run. */
export interface BackendOffers {
  /** Whether its agent can be moved to another image: else nobody may ask for that (BKD-4). */
  readonly capability: boolean;
}

/** Everything a backend needs to start one bottle; it knows nothing of providers or manifests. */
export interface LaunchPlan {
  readonly slug: Slug;
  readonly agentImage: ImageSpec;
  readonly bundleImage: ImageSpec;
  readonly command: readonly string[];
  /** Not secret: shows in the engine's inspect output. */
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly limits: Limits;
  readonly agentEntries: readonly GuestEntry[];
  /** Run before `agentEntries` are there, and once everything is (PRV-1); a failure of one ends the start. */
  readonly preCopy?: readonly GuestCommand[];
  readonly verify?: readonly GuestCommand[];
  /** What is copied to `<guest home>/workspace`; null for nothing. */
  readonly workspace: WorkspaceSource | null;
  /** PEM of the per-bottle CA, added to the guest's trust store. */
  readonly caCertificate: string;
  /** Files of the bundle's state folder (config.json, ca.pem, ca-key.pem, extra-ca.pem), given the address the backend chose for it and what it can do for this bottle. */
  bundleEntries(listenHost: string, offers: BackendOffers): readonly GuestEntry[];
  /** Told when the bundle runs: its control channel can be opened while the agent starts. */
  readonly onBundleRunning?: () => void;
  /** Labels beside `bot-bottle.slug`, e.g. agent and bottle names. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Progress {
  begin(step: StartStepName): void;
  detail(text: string): void;
  done(step: StartStepName): void;
}

/** What an agent that runs is moved to: the image of a Dockerfile, and how it goes on there. Everything else of its bottle stays. */
export interface AgentReplacement {
  readonly slug: Slug;
  /** A whole Dockerfile on `bot-bottle-agent`, which is the image that the bottle was started on (agent-dockerfile.ts). */
  readonly dockerfile: string;
  /** Main process on the new image, going on with the conversation in its home. */
  readonly command: readonly string[];
  /** Run before the agent; a failure of one takes the replacement back. */
  readonly verify: readonly GuestCommand[];
  /** Asked once the new agent has proven itself and before it takes the old one's place; where it rejects, all is taken back. */
  readonly confirm?: () => Promise<void>;
}

export type ReplacementStep = "build" | "create" | "pause" | "copy" | "start" | "ready";

export interface ReplacementProgress {
  begin(step: ReplacementStep): void;
  /** A line that the build said: made inert, bounded in length and number. */
  log(line: string): void;
  done(step: ReplacementStep): void;
}

/** What the engine says exists (D12). */
export interface ObservedBottle {
  readonly slug: Slug;
  readonly state: BottleState;
  readonly startedAt: string | null;
  readonly exitCode: number | null;
  readonly runtime: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly problem: string | null;
}

/** A thing on the engine that carries a bottle's label. */
export interface Remnant {
  readonly slug: Slug;
  readonly kind: "container" | "network" | "volume" | "image" | "machine" | "process" | "folder";
  readonly name: string;
  /** Labels it carries on the engine, where it keeps any: `bot-bottle.home` tells whose it is. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Outcome of a teardown: it goes on past failures and names each (BTL-5). */
export interface TeardownReport {
  readonly removed: readonly Remnant[];
  readonly failed: readonly { readonly remnant: Remnant; readonly reason: string }[];
}

export interface BackendStatus {
  readonly available: boolean;
  readonly label: string;
  readonly version: string | null;
  readonly runtime: string | null;
  readonly problem: string | null;
  readonly hint: string | null;
}

/** One place where bottles can run. Every implementation passes tests/contract (BKD-1). */
export interface Backend {
  readonly name: BackendName;
  status(signal: AbortSignal): Promise<BackendStatus>;
  hasImage(image: ImageSpec, signal: AbortSignal): Promise<boolean>;
  /** Guest user's home, uid and gid in this backend's agent images. */
  readonly guest: { readonly home: string; readonly user: string; readonly uid: number; readonly gid: number };

  /**
   * Builds images where missing, starts bundle and agent, returns when both run. On failure or abort everything made is
   * removed before it throws (BTL-5).
   */
  launch(plan: LaunchPlan, progress: Progress, signal: AbortSignal): Promise<void>;

  /**
   * Moves a running agent to another image: its home, network, limits and name stay; programs it ran end with it. On failure
   * or abort the agent that ran goes on, the same process as before, and nothing else remains.
   */
  replaceAgent(replacement: AgentReplacement, progress: ReplacementProgress, signal: AbortSignal): Promise<void>;
  /**
   * Finishes or takes back a replacement whose process is gone; to be asked only while none is under way. Answers with the
   * SHA-256 (hex) of the Dockerfile that the agent now runs on; null for the image it was started on.
   */
  settleReplacement(slug: Slug): Promise<string | null>;

  list(signal: AbortSignal): Promise<readonly ObservedBottle[]>;
  /** Calls `onChange` with a slug when its state may have changed, and `onGap` when changes may have been missed; reconnects. */
  watch(onChange: (slug: Slug) => void, onGap: () => void): AsyncDisposable;

  /** The bundle's control channel: bytes of frame-codec.ts both ways. */
  openControl(slug: Slug, signal: AbortSignal): Promise<Duplex>;

  /** Attaches to the agent's own terminal: what the engine kept of its output first, then live, without a gap or a repeat. */
  openTerminal(slug: Slug, size: TerminalSize, signal: AbortSignal): Promise<TerminalStream>;
  /** A further terminal in the agent's sandbox, as the agent's user. */
  openShell(slug: Slug, argv: readonly string[], size: TerminalSize, signal: AbortSignal): Promise<TerminalStream>;
  /** Runs a program in the agent's sandbox as the agent's user; disposing ends it inside too. */
  exec(slug: Slug, argv: readonly string[], signal: AbortSignal): Promise<ExecStream>;

  /**
   * A folder of the guest as a tar whose entries begin with the folder's own name, also after the agent has exited. All of
   * it is the agent's word: names, links, sizes.
   */
  copyOut(slug: Slug, path: string, signal: AbortSignal): Promise<Readable>;

  /** Stops agent and bundle, removes everything that carries the slug. Stopping what is gone is not an error. */
  stop(slug: Slug, graceSeconds: number): Promise<TeardownReport>;
  /** Everything that carries a bot-bottle label, for cleanup's preview. */
  remnants(signal: AbortSignal): Promise<readonly Remnant[]>;
  remove(remnants: readonly Remnant[]): Promise<TeardownReport>;
}
