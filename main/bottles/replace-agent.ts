import { AGENT_BASE } from "#common/domain/agent-dockerfile.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Backend, ReplacementProgress } from "../backends/backend.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Logger } from "../platform/logger.ts";
import { ApprovedDockerfiles, digestOf } from "./approved-dockerfiles.ts";
import type { BottleMetadata } from "./metadata.ts";
import { isAlive, ownProcessMark } from "./process-mark.ts";
import type { BottleRegistry } from "./registry.ts";
import { unknownBottle } from "./stop.ts";

export interface ReplacerDeps {
  readonly backend: Backend;
  readonly registry: BottleRegistry;
  readonly home: HomePaths;
  readonly logger: Logger;
}

/** What every agent's first proposal is compared with. */
const UNCHANGED = `FROM ${AGENT_BASE}\n`;

/**
 * Moves a bottle's agent to an image that it asked for and the operator approved (SUP-5). Metadata says meanwhile who does it:
 * whoever looks after that process is gone has the backend finish it, or take it back.
 */
export class AgentReplacer {
  readonly #deps: ReplacerDeps;
  readonly #dockerfiles: ApprovedDockerfiles;

  constructor(deps: ReplacerDeps) {
    this.#deps = deps;
    this.#dockerfiles = new ApprovedDockerfiles(deps.home);
  }

  /** The Dockerfile that the agent runs on now: each proposal is a whole one, on the image that the bottle was started on. */
  async current(slug: Slug): Promise<string> {
    const { dockerfile } = await this.#require(slug);
    return dockerfile === null ? UNCHANGED : await this.#dockerfiles.read(slug, dockerfile);
  }

  /** Resolves once the agent runs on the new image; where it rejects, the agent that ran goes on as before. */
  async apply(
    slug: Slug,
    dockerfile: string,
    progress: ReplacementProgress,
    signal: AbortSignal,
    confirm: () => Promise<void> = async () => undefined,
  ): Promise<void> {
    const { backend } = this.#deps;
    // An approval whose process was killed at its end, given again.
    if ((await this.#require(slug)).dockerfile === digestOf(dockerfile)) return;
    const { command, verify } = await this.#begin(slug);
    try {
      // What an engine finished after its client was killed would stand in the way.
      await backend.settleReplacement(slug);
      await this.#dockerfiles.keep(slug, dockerfile);
      await backend.replaceAgent({ slug, dockerfile, command, verify, confirm }, progress, signal);
    } catch (error) {
      if ((await this.#end(slug)) === digestOf(dockerfile)) return;
      throw error;
    }
    await this.#end(slug);
  }

  /** Metadata as it is, after what was interrupted has been settled; as it was where that cannot be done now. */
  async settle(metadata: BottleMetadata): Promise<BottleMetadata> {
    const { registry, logger } = this.#deps;
    const { slug } = metadata;
    if (!isInterrupted(metadata)) return metadata;
    try {
      await this.#locked(slug, async () => {
        const now = await registry.read(slug);
        if (now !== null && isInterrupted(now)) await this.#finish(now);
      });
      return (await registry.read(slug)) ?? metadata;
    } catch (error) {
      logger.log("warn", "replacement-not-settled", { slug, error });
      return metadata;
    }
  }

  async #require(slug: Slug): Promise<BottleMetadata> {
    const metadata = await this.#deps.registry.read(slug);
    if (metadata === null) throw unknownBottle(slug);
    return await this.settle(metadata);
  }

  /** Takes the bottle for this process: of several that want to, one does. */
  async #begin(slug: Slug): Promise<NonNullable<BottleMetadata["replaceable"]>> {
    return await this.#locked(slug, async () => {
      const metadata = await this.#deps.registry.read(slug);
      if (metadata?.phase === "replacing") throw alreadyReplaced(slug);
      if (metadata?.phase !== "started") throw notRunning(slug);
      if (metadata.replaceable === null) throw tooOld(slug);
      await this.#deps.registry.write({ ...metadata, phase: "replacing", starter: ownProcessMark() });
      return metadata.replaceable;
    });
  }

  /** The digest of what the agent runs on now, by the engine's word; null where it cannot be asked: whoever looks next settles it. */
  async #end(slug: Slug): Promise<string | null> {
    const { registry, logger } = this.#deps;
    // Stopped or removed meanwhile, by whoever did that: a lock would make its folder anew.
    if ((await registry.read(slug)) === null) return null;
    return await this.#locked(slug, async () => {
      const metadata = await registry.read(slug);
      if (metadata?.phase !== "replacing") return null;
      try {
        return await this.#finish(metadata);
      } catch (error) {
        logger.log("warn", "replacement-not-settled", { slug, error });
        await registry.write({ ...metadata, starter: null });
        return null;
      }
    });
  }

  async #finish(metadata: BottleMetadata): Promise<string | null> {
    const { slug } = metadata;
    const dockerfile = await this.#deps.backend.settleReplacement(slug);
    // Stopped while the engine was asked: a bottle that is over must not be said to run.
    if ((await this.#deps.registry.read(slug))?.phase !== "replacing") return null;
    await this.#deps.registry.write({ ...metadata, phase: "started", starter: null, dockerfile });
    await this.#dockerfiles.dropAllBut(slug, dockerfile);
    return dockerfile;
  }

  #locked<T>(slug: Slug, task: () => Promise<T>): Promise<T> {
    return withFileLock(this.#deps.home.bottleState(slug), "replacement", task);
  }
}

function isInterrupted({ phase, starter }: BottleMetadata): boolean {
  return phase === "replacing" && (starter === null || !isAlive(starter));
}

function alreadyReplaced(slug: Slug): OperatorError {
  return new OperatorError("conflict", {
    message: `The agent of ${slug} is being moved to a new image already`,
    hint: "Wait until that is done, or cancel it, then approve again",
  });
}

function notRunning(slug: Slug): OperatorError {
  return new OperatorError("conflict", {
    message: `${slug} does not run, so its agent cannot be moved to a new image`,
    hint: "See `bot-bottle list`",
  });
}

function tooOld(slug: Slug): OperatorError {
  return new OperatorError("unsupported", {
    message: `${slug} was started by an earlier version, which did not note how its agent goes on`,
    hint: "Reject the proposal with a note, or stop the bottle and start another",
  });
}
