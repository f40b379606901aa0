import { Signal } from "../platform/signal.ts";

/** Project folders whose agents somebody looked at lately, and so wants to see change; a window looks at few at a time. */
export class FollowedWorkspaces {
  readonly #limit: number;
  readonly #paths = new Set<string>();
  readonly changed = new Signal<readonly string[]>();

  constructor(limit = 4) {
    this.#limit = limit;
  }

  get paths(): readonly string[] {
    return [...this.#paths];
  }

  follow(workspace: string | null): void {
    if (workspace === null) return;
    const known = this.#paths.delete(workspace);
    this.#paths.add(workspace);
    const [oldest] = this.#paths;
    if (oldest !== undefined && this.#paths.size > this.#limit) this.#paths.delete(oldest);
    if (!known) this.changed.emit(this.paths);
  }
}
