import type { z } from "zod";
import type { BottleSummary, StartStep } from "#common/domain/bottle.ts";
import { compareBottles } from "#common/domain/bottle.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { KnownBottle } from "../bottles/observe.ts";
import type { RunningStart } from "../bottles/start.ts";
import { Traffic } from "../egress/traffic.ts";
import { timestamp } from "../platform/clock.ts";
import { Coalesced } from "../platform/coalesced.ts";
import type { BundleLink } from "../sidecars/bundle-link.ts";
import type { Services } from "./services.ts";

export type Summary = z.output<typeof BottleSummary>;

interface OwnStart {
  readonly start: RunningStart;
  readonly startedAt: string;
  steps: readonly StartStep[];
  /** Set once it failed: the row stays until the operator removes it, though nothing else of the bottle does. */
  failure: string | null;
}

const ENGINE_MS = 15_000;

/**
 * The bottle list as the panel shows it: what engine and metadata say, the figures of each bundle, and the starts of this
 * process. Refreshed by events; a refresh that is asked for while one runs is run once after it.
 */
export class BottleBoard {
  readonly #services: Services;
  readonly #onChange: (bottles: readonly Summary[]) => void;
  readonly #traffic = new Map<Slug, Promise<Traffic>>();
  readonly #starts = new Map<Slug, OwnStart>();
  readonly #refresh = new Coalesced(() => this.#observe());
  readonly #publish = new Coalesced(async () => this.#onChange(await this.summaries()));
  #known: readonly KnownBottle[] = [];

  constructor(services: Services, onChange: (bottles: readonly Summary[]) => void) {
    this.#services = services;
    this.#onChange = onChange;
  }

  refresh(): Promise<void> {
    return this.#refresh.run();
  }

  known(slug: Slug): KnownBottle | null {
    return this.#known.find((bottle) => bottle.slug === slug) ?? null;
  }

  start(slug: Slug): RunningStart | null {
    return this.#starts.get(slug)?.start ?? null;
  }

  adopt(start: RunningStart): void {
    const own: OwnStart = { start, startedAt: timestamp(this.#services.deps.clock), steps: start.steps, failure: null };
    this.#starts.set(start.slug, own);
    start.finished
      .then(
        () => this.#starts.delete(start.slug),
        (error: unknown) => this.#failed(own, error),
      )
      .then(() => this.refresh())
      .catch((error: unknown) => this.#services.deps.logger.log("error", "refresh-failed", { error }));
  }

  steps(slug: Slug, steps: readonly StartStep[]): void {
    const own = this.#starts.get(slug);
    if (own !== undefined) own.steps = steps;
  }

  /** Forgets a failed start of this process; false where there is none. */
  dismiss(slug: Slug): boolean {
    const own = this.#starts.get(slug);
    if (own === undefined || own.failure === null) return false;
    this.#starts.delete(slug);
    return true;
  }

  traffic(slug: Slug): Promise<Traffic> {
    const known = this.#traffic.get(slug);
    if (known !== undefined) return known;
    const loading = this.#services.archive.read(slug).then((events) => {
      const traffic = new Traffic();
      traffic.add(events);
      return traffic;
    });
    this.#traffic.set(slug, loading);
    return loading;
  }

  async summaries(): Promise<Summary[]> {
    const shown = this.#known.filter(({ slug }) => !this.#starts.has(slug));
    const rows = await Promise.all(shown.map((bottle) => this.#summary(bottle)));
    return [...rows, ...[...this.#starts.values()].map(startSummary(this.#services.deps.backend.name))].sort(compareBottles);
  }

  publish(): Promise<void> {
    return this.#publish.run();
  }

  /** A cancelled start leaves no row: the operator knows. */
  #failed(own: OwnStart, error: unknown): void {
    own.failure = sayFailure(error);
    if (own.steps.some(({ state }) => state === "cancelled")) this.#starts.delete(own.start.slug);
  }

  async #observe(): Promise<void> {
    const before = this.#known;
    this.#known = await this.#services.observe(AbortSignal.timeout(ENGINE_MS));
    await this.#matchLinks(before);
    await this.publish();
  }

  /** A link to what is not known yet is that of a start; only what is known to have ended, or was known and is gone, is let go. */
  async #matchLinks(before: readonly KnownBottle[]): Promise<void> {
    const { links } = this.#services;
    for (const { slug, reachable } of this.#known) if (reachable) links.get(slug);
    const ended = this.#known.filter(({ reachable, state }) => !reachable && state !== "starting");
    const gone = before.filter(({ slug }) => this.known(slug) === null);
    await Promise.all([...ended, ...gone].filter(({ slug }) => !this.#starts.has(slug)).map(({ slug }) => links.drop(slug)));
  }

  async #summary(bottle: KnownBottle): Promise<Summary> {
    const { reachable: _reachable, ...row } = bottle;
    const link = this.#services.links.peek(bottle.slug);
    const traffic = await this.traffic(bottle.slug);
    return {
      ...row,
      pending: waiting(link),
      allowed: traffic.allowed,
      refused: traffic.refused,
      lastRefusal: traffic.lastRefusal,
      link: link?.state ?? "lost",
      steps: [],
    };
  }
}

/** Proposals and pushes that wait for the operator. */
function waiting(link: BundleLink | null): number {
  const proposals = (link?.view?.proposals ?? []).filter(({ status }) => status === "pending");
  const pushes = (link?.view?.pushes ?? []).filter(({ status }) => status === "held");
  return proposals.length + pushes.length;
}

/** What happened and what to do next (UI-4). */
function sayFailure(error: unknown): string {
  if (error instanceof OperatorError && error.hint !== null) return `${error.message}. ${error.hint}.`;
  return error instanceof Error ? error.message : String(error);
}

function startSummary(backend: Summary["backend"]): (own: OwnStart) => Summary {
  return ({ start, steps, startedAt, failure }) => ({
    slug: start.slug,
    agent: start.blueprint.agent,
    bottle: start.blueprint.bottle,
    provider: start.blueprint.provider,
    backend,
    state: failure === null ? "starting" : "error",
    startedAt,
    workspace: start.blueprint.workspace?.copied === true ? start.blueprint.workspace.hostPath : null,
    runtime: null,
    exitCode: null,
    problem: failure,
    pending: 0,
    allowed: 0,
    refused: 0,
    lastRefusal: null,
    link: "connecting",
    steps: [...steps],
  });
}
