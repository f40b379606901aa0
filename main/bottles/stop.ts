import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Backend, TeardownReport } from "../backends/backend.ts";
import type { Logger } from "../platform/logger.ts";
import type { KnownBottle } from "./observe.ts";
import { observeBottles } from "./observe.ts";
import { ownProcessMark } from "./process-mark.ts";
import type { BottleRegistry } from "./registry.ts";

const GRACE_SECONDS = 5;

export interface StopDeps {
  readonly backend: Backend;
  readonly registry: BottleRegistry;
  readonly logger: Logger;
  readonly homeId: () => Promise<string>;
  /** Ends the bundle in order and keeps what it still had to say; never throws for a bundle that does not answer. */
  drain(slug: Slug): Promise<void>;
  /** Forgets what is kept of a bottle besides metadata and audit. */
  forgetRecords(slug: Slug): Promise<void>;
}

export class BottleStopper {
  readonly #deps: StopDeps;

  constructor(deps: StopDeps) {
    this.#deps = deps;
  }

  /** Stops a bottle; its records stay until it is removed. */
  async stop(slug: Slug): Promise<TeardownReport> {
    const bottle = await this.#require(slug);
    const metadata = await this.#deps.registry.read(slug);
    if (metadata === null) return this.#end(bottle);
    await this.#deps.registry.write({ ...metadata, phase: "stopping", starter: ownProcessMark() });
    try {
      const report = await this.#end(bottle);
      await this.#deps.registry.write({ ...metadata, phase: "stopped", starter: null });
      return report;
    } catch (error) {
      await this.#deps.registry.write(metadata);
      throw error;
    }
  }

  /** Removes a bottle that does not run, and what is kept of it; the audit log stays. */
  async remove(slug: Slug): Promise<void> {
    const bottle = await this.#require(slug);
    if (bottle.state === "running" || bottle.state === "starting") {
      throw new OperatorError("not-permitted", { message: `${slug} is ${bottle.state}`, hint: "Stop it first" });
    }
    requireComplete(slug, await this.#deps.backend.stop(slug, 0));
    await this.#deps.forgetRecords(slug);
    await this.#deps.registry.forget(slug);
  }

  async #end({ slug, reachable }: KnownBottle): Promise<TeardownReport> {
    if (reachable) await this.#deps.drain(slug);
    const report = await this.#deps.backend.stop(slug, GRACE_SECONDS);
    requireComplete(slug, report);
    return report;
  }

  async #require(slug: Slug): Promise<KnownBottle> {
    const bottles = await observeBottles(this.#deps, AbortSignal.timeout(15_000));
    const bottle = bottles.find((each) => each.slug === slug);
    if (bottle !== undefined) return bottle;
    throw unknownBottle(slug);
  }
}

export function unknownBottle(slug: Slug): OperatorError {
  return new OperatorError("not-found", { message: `There is no bottle ${slug}`, hint: "See which there are with `bot-bottle list`" });
}

export function requireComplete(slug: Slug | null, report: TeardownReport): void {
  if (report.failed.length === 0) return;
  const failures = report.failed.map(({ remnant, reason }) => `${remnant.kind} ${remnant.name}: ${reason}`).join("; ");
  throw new OperatorError("teardown-incomplete", {
    message: `${slug === null ? "Cleanup" : `Stopping ${slug}`} could not remove everything: ${failures}`,
    hint: "Run `bot-bottle cleanup` once the cause is gone",
  });
}
