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

  /** A push that ended, or was decided: each is told as it is in the record, so the record comes first. */
  async takeEvents(slug: Slug, events: readonly NumberedEvent[]): Promise<void> {
    const ids = new Set(
      pushEvents(events).flatMap(({ event }) =>
        event.type === "push" ? [event.push.id] : event.type === "push-decided" ? [event.pushId] : [],
      ),
    );
    if (ids.size === 0) return;
    await this.#services.links.peek(slug)?.kept();
    const ended = (await this.#services.pushRecords.history(slug)).filter(({ id }) => ids.has(id));
    for (const push of ended.reverse()) this.#bus.publish("push", { slug, push });
    await this.refresh();
  }
}
