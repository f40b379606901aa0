import type { Slug } from "#common/domain/names.ts";
import type { NumberedEvent } from "#common/wire/control.ts";
import type { Logger } from "../platform/logger.ts";
import type { ControlClient } from "./control-client.ts";

export interface EventKeepingOptions {
  readonly slug: Slug;
  readonly logger: Logger;
  /** Keeps events; the bundle may drop what this resolves for. */
  keep(slug: Slug, events: readonly NumberedEvent[]): Promise<void>;
}

/** What waits here is in the bundle's journal as well; more of it is fetched from there again. */
const MAX_WAITING = 10_000;

/**
 * Keeps what a bundle tells, in its order. What could not be kept, e.g. on a full disk, is kept before anything that came after
 * it: an acknowledgement counts for all that was told before, and a decision would be gone with it.
 */
export class EventKeeping {
  readonly #options: EventKeepingOptions;
  #keeping: Promise<void> = Promise.resolve();
  #client: ControlClient | null = null;
  #waiting: readonly NumberedEvent[] = [];
  #told = 0;
  #passedOver = false;

  constructor(options: EventKeepingOptions) {
    this.#options = options;
  }

  /** `told`: the number up to which the bundle told, which may be further than what is to be kept of it. */
  take(client: ControlClient, events: readonly NumberedEvent[], told: number): void {
    const { slug, logger } = this.#options;
    this.#keeping = this.#keeping
      .then(() => this.#keep(client, events, told))
      .catch((error: unknown) => logger.log("error", "events-not-kept", { slug, error }));
  }

  /** Resolves once everything taken so far is kept, or could not be. */
  async settled(): Promise<void> {
    await this.#keeping;
  }

  async #keep(client: ControlClient, events: readonly NumberedEvent[], told: number): Promise<void> {
    this.#add(client, events, told);
    await this.#options.keep(this.#options.slug, this.#waiting);
    this.#waiting = [];
    client.ack(this.#told);
    // A new connection begins after what is kept.
    if (this.#passedOver) await client[Symbol.asyncDispose]();
  }

  #add(client: ControlClient, events: readonly NumberedEvent[], told: number): void {
    const again = client !== this.#client;
    const waiting = again ? [] : this.#waiting;
    this.#client = client;
    this.#passedOver = !again && (this.#passedOver || (waiting.length > 0 && waiting.length + events.length > MAX_WAITING));
    this.#waiting = this.#passedOver ? waiting : [...waiting, ...events];
    if (!this.#passedOver) this.#told = told;
  }
}
