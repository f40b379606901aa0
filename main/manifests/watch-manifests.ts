import type { FSWatcher } from "node:fs";
import { lstatSync, watch } from "node:fs";
import { join } from "node:path";
import { Coalesced } from "../platform/coalesced.ts";
import type { HomePaths } from "../platform/home.ts";
import type { FollowedWorkspaces } from "./followed-workspaces.ts";
import type { Interest } from "./watched-folders.ts";
import { foldersToWatch } from "./watched-folders.ts";

export interface WatchOptions {
  readonly home: HomePaths;
  readonly workspaces: FollowedWorkspaces;
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
  readonly #following: Disposable;
  readonly #report: Coalesced;
  #pending: NodeJS.Immediate | null = null;
  #reporting: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#report = new Coalesced(async () => {
      if (!this.#closed) await options.onChange().catch(options.onError);
    });
    this.#arm();
    this.#following = options.workspaces.changed.subscribe(() => this.#arm());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#following[Symbol.dispose]();
    if (this.#pending !== null) clearImmediate(this.#pending);
    this.#disarm();
    await this.#reporting;
  }

  /**
   * Watches what exists of the folders. A watch follows the folder it was made for, not the name, so all are made anew when
   * one of the names that lead to manifests appears, goes, or is replaced. What came in between is in the report that follows.
   */
  #arm(): void {
    this.#disarm();
    for (const [folder, interests] of foldersToWatch(this.#options.home, this.#options.workspaces.paths)) this.#watch(folder, interests);
  }

  #watch(folder: string, interests: readonly Interest[]): void {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        if (this.#closed) return;
        const effects = interests.map((interest) => interest(name));
        if (effects.includes("rearm") || (event === "rename" && name !== null && isLink(join(folder, name)))) this.#arm();
        if (effects.some((effect) => effect !== null)) this.#changed();
      });
      watcher.on("error", () => {
        watcher.close();
        this.#changed();
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      // A folder that does not exist yet is seen by its parent's watch when it comes.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ENOTDIR") this.#options.onError(error);
    }
  }

  #disarm(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** At the end of this turn of the event loop: an editor's save is several events that arrive together. */
  #changed(): void {
    this.#pending ??= setImmediate(() => {
      this.#pending = null;
      this.#reporting = this.#report.run();
    });
  }
}

/** A manifest that became a link is watched where it leads. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
