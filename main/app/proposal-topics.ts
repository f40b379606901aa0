import { watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Slug } from "#common/domain/names.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { NumberedEvent } from "#common/wire/control.ts";
import type { TopicBus } from "../ipc/handlers.ts";
import { Coalesced } from "../platform/coalesced.ts";
import { RULES_FILE } from "../proposals/auto-rules.ts";
import type { LinkNews } from "../sidecars/link-pool.ts";
import { AutoDecisions } from "./auto-decisions.ts";
import type { Services } from "./services.ts";

/** A build says many lines a second; a window is told of them this often. */
const LOG_MS = 100;
/** What one message to a window holds at most. */
const MAX_CHANGES = 500;

/**
 * Tells windows what changes among proposals, grants, snoozes, rules and approvals under way: only what changed, because there
 * can be ten thousand, and an agent can file as fast as it is let.
 */
export class ProposalTopics implements Disposable {
  readonly #services: Services;
  readonly #bus: TopicBus;
  readonly #rules: AutoDecisions;
  readonly #told = new Map<string, Proposal>();
  readonly #dirty = new Set<Slug>();
  readonly #changes = new Coalesced(async () => this.#tellChanged());
  readonly #everything = new Coalesced(() => this.#tellAll());
  readonly #stack = new DisposableStack();
  #applying: NodeJS.Timeout | null = null;

  constructor(services: Services, bus: TopicBus) {
    this.#services = services;
    this.#bus = bus;
    this.#rules = new AutoDecisions(services, bus);
    const { snoozes, inbox } = services;
    this.#stack.use(snoozes.changed.subscribe((all) => bus.publish("snoozed", [...all])));
    this.#stack.use(inbox.applying.changed.subscribe(() => this.#tellApplyingSoon()));
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
    if (this.#applying !== null) clearTimeout(this.#applying);
  }

  /** When bottles came or went, and with them what they asked for. */
  async refresh(): Promise<void> {
    await Promise.all([this.#everything.run(), this.#services.snoozes.reload()]);
  }

  async takeNews(news: LinkNews): Promise<void> {
    const { link, parts } = news;
    if (parts.has("proposals")) {
      this.#dirty.add(link.slug);
      await this.#changes.run();
    }
    await this.#rules.takeNews(news);
  }

  takeEvents(slug: Slug, events: readonly NumberedEvent[]): void {
    for (const { event } of events) {
      if (event.type === "grant-ended") this.#bus.publish("grant-ended", { slug, grant: event.grant, why: event.why });
    }
  }

  /** Rules that another process of this home made or changed count at once. */
  async watchRules(): Promise<Disposable> {
    const { home, logger } = this.#services.deps;
    await mkdir(home.root, { recursive: true, mode: 0o700 });
    const publish = new Coalesced(() => this.#rulesChanged());
    const failed = (error: unknown) => logger.log("warn", "rules-watch-failed", { error });
    const watcher = watch(home.root, { persistent: false }, (_event, name) => {
      if (name === RULES_FILE) void publish.run().catch(failed);
    });
    watcher.on("error", failed);
    return { [Symbol.dispose]: () => watcher.close() };
  }

  async #rulesChanged(): Promise<void> {
    // What is wrong with the file is said by those who decide by it.
    const rules = await this.#services.rules.list().catch(() => null);
    if (rules !== null) this.#bus.publish("rules", rules);
    await this.#rules.rulesChanged();
  }

  /** A bundle's own list, where it changed: unchanged ones are the same objects. */
  #tellChanged(): void {
    const slugs = [...this.#dirty];
    this.#dirty.clear();
    this.#tell(slugs.flatMap((slug) => this.#services.links.peek(slug)?.view?.proposals ?? []));
  }

  async #tellAll(): Promise<void> {
    const all = await this.#services.inbox.list();
    const present = new Set(all.map(({ id }) => id));
    const gone = [...this.#told.keys()].filter((id) => !present.has(id));
    for (const id of gone) this.#told.delete(id);
    this.#tell(all, gone);
  }

  #tell(proposals: readonly Proposal[], gone: readonly string[] = []): void {
    const changed = proposals.filter((proposal) => this.#told.get(proposal.id) !== proposal);
    for (const proposal of changed) this.#told.set(proposal.id, proposal);
    for (let start = 0; start < changed.length || (start === 0 && gone.length > 0); start += MAX_CHANGES) {
      this.#bus.publish("proposal-changes", {
        changed: changed.slice(start, start + MAX_CHANGES),
        gone: start === 0 ? [...gone] : [],
      });
    }
  }

  #tellApplyingSoon(): void {
    this.#applying ??= setTimeout(() => {
      this.#applying = null;
      this.#bus.publish("applying", this.#services.inbox.applying.list());
    }, LOG_MS);
  }
}
