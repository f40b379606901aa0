import { readdir } from "node:fs/promises";
import type { HeldPush, PushRecord } from "#common/domain/git.ts";
import { Slug } from "#common/domain/names.ts";
import type { RefusedPush } from "#common/ipc/git-methods.ts";
import type { NumberedEvent } from "#common/wire/control.ts";
import type { HomePaths } from "../platform/home.ts";
import type { DismissedPushes } from "./dismissed-pushes.ts";
import { countHeld, heldPushes, pushEvents, pushHistory, refusedPushes } from "./push-history.ts";

/** Where a bottle's push events are kept, each once. */
export interface EventRecord {
  append(slug: Slug, events: readonly NumberedEvent[]): Promise<unknown>;
  read(slug: Slug): Promise<NumberedEvent[]>;
  forget(slug: Slug): Promise<void>;
}

const MAX_REFUSALS = 500;

/**
 * What is remembered of every bottle's pushes, running or not. It is a record of its own: an agent that floods its bottle with
 * requests pushes no refused push out of it.
 */
export class PushRecords {
  readonly #home: HomePaths;
  readonly #events: EventRecord;
  readonly #dismissed: DismissedPushes;

  constructor(home: HomePaths, events: EventRecord, dismissed: DismissedPushes) {
    this.#home = home;
    this.#events = events;
    this.#dismissed = dismissed;
  }

  async keep(slug: Slug, events: readonly NumberedEvent[]): Promise<void> {
    const own = pushEvents(events);
    if (own.length > 0) await this.#events.append(slug, own);
  }

  /** Newest first. */
  async history(slug: Slug): Promise<PushRecord[]> {
    return pushHistory(await this.#events.read(slug));
  }

  async held(slug: Slug, ended: boolean): Promise<HeldPush[]> {
    return heldPushes(slug, await this.#events.read(slug), ended);
  }

  async countHeld(slug: Slug): Promise<number> {
    return countHeld(await this.#events.read(slug));
  }

  /** Every bottle that has a state folder, also those that ended. */
  async slugs(): Promise<Slug[]> {
    const folders = await readdir(this.#home.state).catch(() => []);
    return folders.filter((name) => Slug.safeParse(name).success);
  }

  /** Refused and failed pushes that the operator has not put away, newest first. */
  async refusals(): Promise<RefusedPush[]> {
    const slugs = await this.slugs();
    const all = (await Promise.all(slugs.map((slug) => this.#refusalsOf(slug)))).flat();
    return all.sort((a, b) => (a.push.time < b.push.time ? 1 : a.push.time > b.push.time ? -1 : 0)).slice(0, MAX_REFUSALS);
  }

  async dismiss(ids: readonly string[]): Promise<void> {
    for (const slug of await this.slugs()) {
      const own = ids.filter((id) => id.startsWith(`${slug}.`));
      if (own.length === 0) continue;
      const known = refusedPushes(await this.#events.read(slug)).map(({ id }) => id);
      await this.#dismissed.add(slug, own, known);
    }
  }

  async forget(slug: Slug): Promise<void> {
    await this.#events.forget(slug);
    await this.#dismissed.forget(slug);
  }

  async #refusalsOf(slug: Slug): Promise<RefusedPush[]> {
    const dismissed = await this.#dismissed.read(slug);
    const refused = refusedPushes(await this.#events.read(slug)).filter(({ id }) => !dismissed.has(id));
    return refused.map((push) => ({ slug, push }));
  }
}
