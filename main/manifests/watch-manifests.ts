import type { FSWatcher } from "node:fs";
import { watch } from "node:fs";
import { join } from "node:path";
import type { HomePaths } from "../platform/home.ts";

export interface WatchOptions {
  readonly home: HomePaths;
  readonly workspace: string | null;
  /** Runs once for any number of events; events while it runs make it run once more after it. */
  readonly onChange: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Reports when manifests may have changed, until disposed: files, and their folders coming and going. */
export function watchManifests(options: WatchOptions): AsyncDisposable {
  return new ManifestWatcher(options);
}

class ManifestWatcher implements AsyncDisposable {
  readonly #options: WatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  #closed = false;
  #dirty = false;
  #reporting: Promise<void> | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#arm();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#disarm();
    await this.#reporting;
  }

  /**
   * Watches what exists of the folders. A watch follows the folder it was made for, not the name, so all are made anew
   * when one of the names that lead to manifests appears, goes, or is replaced.
   */
  #arm(): void {
    this.#disarm();
    const { home, workspace } = this.#options;
    const root = [home.bottles, home.agents];
    this.#watch(home.root, (name) => name === null || name === "bot-bottle.json" || root.includes(join(home.root, name)), "rearm");
    for (const folder of root) this.#watch(folder, isManifest, "report");
    if (workspace === null) return;
    const nested = join(workspace, ".bot-bottle");
    this.#watch(workspace, (name) => name === null || name === ".bot-bottle" || name === "bot-bottle.json", "rearm");
    this.#watch(nested, () => true, "rearm");
    for (const kind of ["agents", "bottles"]) this.#watch(join(nested, kind), isManifest, "report");
  }

  #watch(folder: string, concerns: (name: string | null) => boolean, effect: "rearm" | "report"): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (this.#closed || !concerns(name)) return;
        if (effect === "rearm") this.#arm();
        this.#changed();
      });
      watcher.on("error", () => {
        watcher.close();
        this.#changed();
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      // A folder that does not exist yet is seen by its parent's watch when it comes.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" && (error as NodeJS.ErrnoException).code !== "ENOTDIR")
        this.#options.onError(error);
    }
  }

  #disarm(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #changed(): void {
    this.#dirty = true;
    this.#reporting ??= this.#report().finally(() => {
      this.#reporting = null;
    });
  }

  async #report(): Promise<void> {
    while (this.#dirty && !this.#closed) {
      this.#dirty = false;
      // One turn of the event loop: an editor's save is several events that arrive together.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#options.onChange().catch(this.#options.onError);
    }
  }
}

function isManifest(name: string | null): boolean {
  return name === null || name.endsWith(".md");
}
