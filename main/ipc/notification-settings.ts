import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NotificationSettings } from "#common/ipc/notification-methods.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import type { HomePaths } from "../platform/home.ts";

const DEFAULTS = NotificationSettings.parse({});

/** How the operator wants to be called, in `$BOT_BOTTLE_HOME/notifications.json`. */
export class NotificationStore {
  readonly #file: string;
  #settings: NotificationSettings = DEFAULTS;

  private constructor(file: string, settings: NotificationSettings) {
    this.#file = file;
    this.#settings = settings;
  }

  /** A file that holds something else counts as none: what is asked for must be seen, so the default rings. */
  static async open(home: Pick<HomePaths, "root">): Promise<NotificationStore> {
    const file = join(home.root, "notifications.json");
    const settings = await readFile(file, "utf8")
      .then((text) => NotificationSettings.safeParse(JSON.parse(text)).data)
      .catch(() => undefined);
    return new NotificationStore(file, settings ?? DEFAULTS);
  }

  get settings(): NotificationSettings {
    return this.#settings;
  }

  async save(settings: NotificationSettings): Promise<NotificationSettings> {
    await writeFileAtomic(this.#file, `${JSON.stringify(settings)}\n`);
    this.#settings = settings;
    return settings;
  }
}
