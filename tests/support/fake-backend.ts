import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Slug } from "#common/domain/names.ts";
import { BundleConfig } from "#common/wire/bundle-config.ts";
import type {
  AgentReplacement,
  Backend,
  BackendStatus,
  LaunchPlan,
  ObservedBottle,
  Progress,
  Remnant,
  ReplacementProgress,
  ReplacementStep,
  TeardownReport,
  WorkspaceSource,
} from "../../main/backends/backend.ts";
import { FakeBundle } from "./fake-bundle.ts";

interface FakeBottle {
  readonly labels: Readonly<Record<string, string>>;
  readonly bundle: FakeBundle | null;
}

/** An engine in memory. Bottles it launches have bundles that speak the real frames. */
export class FakeBackend implements Backend {
  readonly name = "docker" as const;
  readonly guest = { home: "/home/agent", user: "agent", uid: 1000, gid: 1000 };
  readonly bottles = new Map<Slug, FakeBottle>();
  readonly plans: LaunchPlan[] = [];
  extra: Remnant[] = [];
  /** Fails the launch after its things were made. */
  launchError: Error | null = null;
  /** Runs in the middle of a launch. */
  onLaunch: () => void = () => undefined;
  stuck: string | null = null;
  /** What a bottle's workspace is when it is copied out. */
  workspaceTar: (() => AsyncIterable<Buffer> | readonly Buffer[]) | null = null;
  available = true;
  /** Replacements that were carried out, in order. */
  readonly replacements: AgentReplacement[] = [];
  /** Runs once the image of a replacement is built; what it throws fails the replacement. */
  onReplace: (signal: AbortSignal) => Promise<void> | void = () => undefined;
  readonly #watchers = new Set<(slug: Slug) => void>();

  async status(): Promise<BackendStatus> {
    const problem = this.available ? null : "no engine answers";
    return { available: this.available, label: "fake", version: "1", runtime: null, problem, hint: null };
  }

  async hasImage(): Promise<boolean> {
    return true;
  }

  async launch(plan: LaunchPlan, progress: Progress, signal: AbortSignal): Promise<void> {
    this.plans.push(plan);
    progress.begin("create");
    if (plan.workspace !== null) await this.#take(plan.workspace, signal);
    const config = plan.bundleEntries("10.9.8.7", { capability: true }).find(({ path }) => path.endsWith("/config.json"));
    if (config?.kind !== "file") throw new Error("no config.json");
    this.bottles.set(plan.slug, { labels: plan.labels, bundle: new FakeBundle(BundleConfig.parse(JSON.parse(String(config.content)))) });
    this.onLaunch();
    if (this.launchError !== null || signal.aborted) {
      this.bottles.delete(plan.slug);
      throw this.launchError ?? signal.reason;
    }
    progress.done("create");
    this.announce(plan.slug);
  }

  /** Reads all of it, as an engine would, and keeps nothing. */
  async #take(workspace: WorkspaceSource, signal: AbortSignal): Promise<void> {
    for await (const item of workspace.items(signal)) if (item.kind === "file") for await (const _ of item.content);
  }

  bundle(slug: Slug): FakeBundle {
    const bundle = this.bottles.get(slug)?.bundle;
    if (bundle == null) throw new Error(`no bundle of ${slug}`);
    return bundle;
  }

  announce(slug: Slug): void {
    for (const watcher of this.#watchers) watcher(slug);
  }

  async list(): Promise<readonly ObservedBottle[]> {
    if (!this.available) throw new Error("no engine answers");
    return [...this.bottles].map(([slug, { labels }]) => ({
      slug,
      state: "running",
      startedAt: null,
      exitCode: null,
      runtime: null,
      labels,
      problem: null,
    }));
  }

  watch(onChange: (slug: Slug) => void): AsyncDisposable {
    this.#watchers.add(onChange);
    return { [Symbol.asyncDispose]: async () => void this.#watchers.delete(onChange) };
  }

  async replaceAgent(replacement: AgentReplacement, progress: ReplacementProgress, signal: AbortSignal): Promise<void> {
    progress.begin("build");
    progress.log("Step 1/1 : FROM the image it was started on");
    await this.onReplace(signal);
    signal.throwIfAborted();
    progress.done("build");
    for (const step of ["create", "pause", "copy", "start", "ready"] satisfies ReplacementStep[]) {
      progress.begin(step);
      progress.done(step);
    }
    await replacement.confirm?.();
    signal.throwIfAborted();
    this.replacements.push(replacement);
    this.announce(replacement.slug);
  }

  async settleReplacement(slug: Slug): Promise<string | null> {
    const last = this.replacements.findLast((each) => each.slug === slug);
    return last === undefined ? null : createHash("sha256").update(last.dockerfile).digest("hex");
  }

  async openControl(slug: Slug) {
    return this.bundle(slug).connect();
  }

  openTerminal(): never {
    throw new Error("the fake engine has no terminals");
  }

  openShell(): never {
    throw new Error("the fake engine has no terminals");
  }

  exec(): never {
    throw new Error("the fake engine runs no programs");
  }

  async copyOut(): Promise<Readable> {
    if (this.workspaceTar === null) throw new Error("the fake engine has no workspace");
    return Readable.from(this.workspaceTar());
  }

  async stop(slug: Slug): Promise<TeardownReport> {
    return this.remove(this.#things().filter((thing) => thing.slug === slug));
  }

  async remnants(): Promise<readonly Remnant[]> {
    return [...this.#things(), ...this.extra];
  }

  async remove(remnants: readonly Remnant[]): Promise<TeardownReport> {
    const failed = remnants.filter(({ name }) => name === this.stuck).map((remnant) => ({ remnant, reason: "in use" }));
    const removed = remnants.filter(({ name }) => name !== this.stuck);
    for (const { slug } of removed) {
      this.bottles.get(slug)?.bundle?.cut();
      this.bottles.delete(slug);
    }
    this.extra = this.extra.filter((thing) => !removed.includes(thing));
    for (const { slug } of removed) this.announce(slug);
    return { removed, failed };
  }

  #things(): Remnant[] {
    return [...this.bottles].map(([slug, { labels }]) => ({ slug, kind: "container", name: `bot-bottle-${slug}`, labels }));
  }
}
