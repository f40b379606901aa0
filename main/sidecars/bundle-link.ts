import { addAbortListener } from "node:events";
import type { Duplex } from "node:stream";
import type { z } from "zod";
import type { DaemonHealth, BundleLink as LinkStateSchema } from "#common/domain/bottle.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { NumberedEvent } from "#common/wire/control.ts";
import { abortable, withDeadline } from "../platform/deadline.ts";
import type { Logger } from "../platform/logger.ts";
import { Signal } from "../platform/signal.ts";
import { backOff } from "./back-off.ts";
import type { BundleView, ViewPart } from "./bundle-view.ts";
import { advance } from "./bundle-view.ts";
import type { ControlClient, GitPicture } from "./control-client.ts";
import { connectControl } from "./control-client.ts";
import { EventKeeping } from "./event-keeping.ts";
import type { KeySupplyOptions } from "./key-supply.ts";
import { KeySupply } from "./key-supply.ts";
import { isOwnProposal, ownEvents } from "./own-news.ts";

type LinkState = z.infer<typeof LinkStateSchema>;
export type LinkChange = ViewPart | "link";

export interface LinkOptions extends KeySupplyOptions {
  readonly slug: Slug;
  readonly buildId: string;
  readonly role: "panel" | "cli";
  readonly logger: Logger;
  open(slug: Slug, signal: AbortSignal): Promise<Duplex>;
  /** Sequence number up to which events are archived; the bundle sends what came after. */
  archivedSeq(slug: Slug): Promise<number>;
  /** Values of the named credentials, as far as they can be had; the bundle lacks them (SID-4). */
  resolveSecrets(slug: Slug, refs: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Keeps events; the bundle may drop what this resolves for. */
  keep(slug: Slug, events: readonly NumberedEvent[]): Promise<void>;
}

const GREETING_MS = 10_000;
const REQUEST_MS = 15_000;

/**
 * The lasting link to one bundle: connects, gives the bundle the credentials it lacks, keeps the picture of it current,
 * and connects again when the channel breaks: at once when an engine event nudges it, else with growing pauses.
 */
export class BundleLink implements AsyncDisposable {
  readonly slug: Slug;
  readonly changed = new Signal<ReadonlySet<LinkChange>>();
  readonly events = new Signal<readonly NumberedEvent[]>();
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  readonly #loop: Promise<void>;
  #nudge = new AbortController();
  #state: LinkState = "connecting";
  #view: BundleView | null = null;
  #client = Promise.withResolvers<ControlClient>();
  /** Whether `#client` has told its waiters something; only then do later ones wait anew. */
  #told = false;
  #problem: unknown = null;
  #supply: KeySupply | null = null;
  readonly #keeping: EventKeeping;

  constructor(options: LinkOptions) {
    this.slug = options.slug;
    this.#options = options;
    this.#keeping = new EventKeeping(options);
    this.#client.promise.catch(() => undefined);
    this.#loop = this.#run();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The last known picture; null before the first connection. */
  get view(): BundleView | null {
    return this.#view;
  }

  /** An engine event says that the bundle may have come or gone: try now instead of waiting. */
  nudge(): void {
    this.#nudge.abort();
  }

  /** The connected client; waits for it at most `ms`. */
  connected(ms: number): Promise<ControlClient> {
    return withDeadline(this.#client.promise, ms, () => this.#late());
  }

  /** Resolves once the bundle holds the keys of all its repositories; rejects with why it cannot be given one. */
  async keysIn(ms: number): Promise<void> {
    await this.connected(ms);
    const lacking = () => (this.#view?.repos ?? []).filter(({ key }) => key !== "ready").map(({ name }) => name);
    const held = Promise.withResolvers<void>();
    const look = () => {
      const gate = gateOf(this.#view);
      if (this.#supply?.problem != null) held.reject(this.#supply.problem);
      else if (gate?.state === "failed") held.reject(this.#gateFailed(gate));
      else if (lacking().length === 0) held.resolve();
    };
    using _listening = this.changed.subscribe(look);
    look();
    await withDeadline(held.promise, ms, () => this.#withoutKeys(lacking()));
  }

  /** Resolves once every event received so far is kept. */
  async kept(): Promise<void> {
    await this.#keeping.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#nudge.abort();
    await this.#loop;
    await this.#keeping.settled();
  }

  async #run(): Promise<void> {
    for (let attempt = 0; !this.#closing.signal.aborted; attempt++) {
      try {
        await using client = await this.#connect();
        attempt = 0;
        await Promise.race([client.closed, aborted(this.#closing.signal)]);
      } catch (error) {
        this.#fail(error);
      }
      if (this.#closing.signal.aborted) break;
      this.#lose();
      await backOff(attempt, Math.random, this.#nudge.signal);
      this.#nudge = new AbortController();
    }
    this.#client.reject(this.#late());
  }

  async #connect(): Promise<ControlClient> {
    const since = await this.#options.archivedSeq(this.slug);
    const stream = await this.#open();
    const early: NumberedEvent[][] = [];
    const earlyGit: GitPicture[] = [];
    let adoptGit = (picture: GitPicture): void => void earlyGit.push(picture);
    let receive = (events: readonly NumberedEvent[]): void => void early.push([...events]);
    const client = await connectControl(stream, {
      slug: this.slug,
      buildId: this.#options.buildId,
      role: this.#options.role,
      since,
      greetingMs: GREETING_MS,
      requestMs: REQUEST_MS,
      onEvents: (events) => receive(events),
      onHealth: (health, missing) => {
        this.#adoptHealth(health, missing);
        if (this.#supply !== null) void this.#offerKeys(this.#supply);
      },
      onGit: (picture) => adoptGit(picture),
    });
    const proposals = client.snapshot.proposals.filter((proposal) => isOwnProposal(this.slug, proposal));
    this.#noteForeign(client.snapshot.proposals.length - proposals.length);
    this.#view = { ...client.snapshot, proposals, ...earlyGit.at(-1), seq: client.snapshot.lastSeq };
    const supply = new KeySupply(this.#options, client);
    this.#supply = supply;
    receive = (events) => this.#receive(client, events);
    adoptGit = (picture) => this.#adoptGit(picture, supply);
    for (const events of early) receive(events);
    await this.#giveMissingSecrets(client);
    await this.#offerKeys(supply);
    this.#state = "connected";
    this.#problem = null;
    this.#client.resolve(client);
    this.#told = true;
    this.changed.emit(new Set<LinkChange>(["link", "table", "proposals", "health", "repos", "pushes", "cuts"]));
    return client;
  }

  /** A bundle or an engine that does not answer must not hold up the end of this process. */
  async #open(): Promise<Duplex> {
    const { signal } = this.#closing;
    const opening = this.#options.open(this.slug, signal);
    opening.then(
      (stream) => addAbortListener(signal, () => stream.destroy()),
      () => undefined,
    );
    return await abortable(opening, signal);
  }

  /** Only what the bundle lacks: a client with another environment must not swap a credential behind the operator's back. */
  async #giveMissingSecrets(client: ControlClient): Promise<void> {
    const missing = client.snapshot.missingSecrets;
    if (missing.length === 0) return;
    const values = await this.#options.resolveSecrets(this.slug, missing);
    if (Object.keys(values).length > 0) await client.request({ type: "set-secrets", values });
  }

  #receive(client: ControlClient, told: readonly NumberedEvent[]): void {
    const last = told.at(-1);
    if (last === undefined || this.#view === null) return;
    const events = ownEvents(this.slug, told);
    this.#noteForeign(told.length - events.length);
    const { view, touched } = advance(this.#view, events);
    this.#view = view;
    this.#keeping.take(client, events, last.seq);
    this.events.emit(events);
    if (touched.size > 0) this.changed.emit(touched);
  }

  #noteForeign(count: number): void {
    if (count > 0) this.#options.logger.log("warn", "foreign-news-dropped", { slug: this.slug, count });
  }

  #adoptHealth(health: readonly DaemonHealth[], missingSecrets: readonly string[]): void {
    if (this.#view === null) return;
    this.#view = { ...this.#view, health: [...health], missingSecrets: [...missingSecrets] };
    this.changed.emit(new Set<LinkChange>(["health"]));
  }

  #adoptGit({ repos, pushes }: GitPicture, supply: KeySupply): void {
    if (this.#view === null) return;
    this.#view = { ...this.#view, repos, pushes };
    this.changed.emit(new Set<LinkChange>(["repos", "pushes"]));
    void this.#offerKeys(supply);
  }

  /** Once the gate runs; that a key could not be given shows beside its repository. */
  async #offerKeys(supply: KeySupply): Promise<void> {
    await supply.offer(this.#view?.repos ?? [], gateOf(this.#view));
    if (supply.problem !== null) this.changed.emit(new Set<LinkChange>(["repos"]));
  }

  #fail(error: unknown): void {
    this.#problem = error;
    if (!(error instanceof OperatorError) || error.code !== "protocol") return;
    this.#client.reject(error);
    this.#told = true;
    this.#options.logger.log("warn", "bundle-refused", { slug: this.slug, error });
  }

  #lose(): void {
    const wasConnected = this.#state === "connected";
    this.#state = this.#view === null ? "connecting" : "lost";
    this.#supply = null;
    if (this.#told) this.#waitAnew();
    if (wasConnected) this.changed.emit(new Set<LinkChange>(["link"]));
  }

  #waitAnew(): void {
    this.#client = Promise.withResolvers<ControlClient>();
    this.#client.promise.catch(() => undefined);
    this.#told = false;
  }

  #gateFailed({ lastError }: DaemonHealth): OperatorError {
    return new OperatorError("start-failed", {
      message: `The git-gate of ${this.slug} does not run${lastError === null ? "" : `: ${lastError}`}`,
      hint: "See `bot-bottle doctor`; the bottle starts without repositories in its manifest",
    });
  }

  #withoutKeys(repos: readonly string[]): OperatorError {
    return new OperatorError("secret-missing", {
      message: `The gate of ${this.slug} did not take the keys of ${repos.join(", ")} in time`,
      hint: "See the gate's health, and `identity` of the repositories in the bottle's manifest",
    });
  }

  #late(): OperatorError {
    const why = this.#problem instanceof Error ? this.#problem.message : "they did not answer in time";
    return new OperatorError("bundle-unreachable", {
      message: this.#problem instanceof OperatorError ? why : `Cannot reach the sidecars of ${this.slug}: ${why}`,
      hint: "See whether the bottle still runs with `bot-bottle list`; `bot-bottle stop` and start it again if it does not answer",
      cause: this.#problem,
    });
  }
}

function gateOf(view: BundleView | null): DaemonHealth | undefined {
  return view?.health.find(({ name }) => name === "git-gate");
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
