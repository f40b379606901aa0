import type { Slug } from "#common/domain/names.ts";
import type { NumberedEvent } from "#common/wire/control.ts";
import { pushEvents } from "../git/push-history.ts";
import type { TopicBus } from "../ipc/handlers.ts";
import { Coalesced } from "../platform/coalesced.ts";
import type { LinkNews } from "../sidecars/link-pool.ts";
import type { Services } from "./services.ts";

/** Tells windows what changes at the gates. An agent can push in a loop, so what is read from disk is read once at a time. */
export class GitTopics {
  readonly #services: Services;
  readonly #bus: TopicBus;
  readonly #untold = new Map<Slug, ReadonlySet<string>>();
  readonly #pushes = new Coalesced(() => this.#tellPushes());
  readonly #held = new Coalesced(async () => this.#bus.publish("pushes", await this.#services.pushes.list()));
  readonly #refusals = new Coalesced(async () => this.#bus.publish("refusals", await this.#services.pushRecords.refusals()));

  constructor(services: Services, bus: TopicBus) {
    this.#services = services;
    this.#bus = bus;
  }

  /** Everything anew, when bottles came or went. */
  async refresh(): Promise<void> {
    await Promise.all([this.#held.run(), this.#refusals.run()]);
  }

  async takeNews({ link, parts }: LinkNews): Promise<void> {
    if (parts.has("repos") && link.view !== null) this.#bus.publish("git", { slug: link.slug, repos: [...link.view.repos] });
    if (parts.has("pushes")) await this.#held.run();
  }

  /** Pushes that ended or were decided. */
  async takeEvents(slug: Slug, events: readonly NumberedEvent[]): Promise<void> {
    const ids = pushEvents(events).map(({ event }) =>
      event.type === "push" ? event.push.id : event.type === "push-decided" ? event.pushId : "",
    );
    if (ids.length === 0) return;
    this.#untold.set(slug, new Set([...(this.#untold.get(slug) ?? []), ...ids]));
    await this.#pushes.run();
  }

  /** Each as it is in the record, so the record comes first. */
  async #tellPushes(): Promise<void> {
    const untold = [...this.#untold];
    this.#untold.clear();
    for (const [slug, ids] of untold) {
      await this.#services.links.peek(slug)?.kept();
      const ended = (await this.#services.pushRecords.history(slug)).filter(({ id }) => ids.has(id));
      for (const push of ended.reverse()) this.#bus.publish("push", { slug, push });
    }
    await this.refresh();
  }
}
