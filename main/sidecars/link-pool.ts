import type { Slug } from "#common/domain/names.ts";
import type { NumberedEvent } from "#common/wire/control.ts";
import { Signal } from "../platform/signal.ts";
import type { LinkChange, LinkOptions } from "./bundle-link.ts";
import { BundleLink } from "./bundle-link.ts";

export interface LinkNews {
  readonly link: BundleLink;
  readonly parts: ReadonlySet<LinkChange>;
}

/** One link per bottle, opened when first asked for. */
export class LinkPool implements AsyncDisposable {
  readonly changed = new Signal<LinkNews>();
  readonly events = new Signal<{ readonly slug: Slug; readonly events: readonly NumberedEvent[] }>();
  readonly #links = new Map<Slug, BundleLink>();
  readonly #options: Omit<LinkOptions, "slug">;

  constructor(options: Omit<LinkOptions, "slug">) {
    this.#options = options;
  }

  get(slug: Slug): BundleLink {
    const known = this.#links.get(slug);
    if (known !== undefined) return known;
    const link = new BundleLink({ ...this.#options, slug });
    link.changed.subscribe((parts) => this.changed.emit({ link, parts }));
    link.events.subscribe((events) => this.events.emit({ slug, events }));
    this.#links.set(slug, link);
    return link;
  }

  /** The link as it is, without opening one. */
  peek(slug: Slug): BundleLink | null {
    return this.#links.get(slug) ?? null;
  }

  all(): BundleLink[] {
    return [...this.#links.values()];
  }

  async drop(slug: Slug): Promise<void> {
    const link = this.#links.get(slug);
    this.#links.delete(slug);
    await link?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#links.keys()].map((slug) => this.drop(slug)));
  }
}
