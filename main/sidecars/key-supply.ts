import type { DaemonHealth } from "#common/domain/bottle.ts";
import type { RepoStatus } from "#common/domain/git.ts";
import type { Slug } from "#common/domain/names.ts";
import type { Logger } from "../platform/logger.ts";
import type { Secret } from "../platform/secret.ts";
import type { ControlClient } from "./control-client.ts";

export interface RepoKeys {
  /** By repository, as far as they can be had. */
  readonly keys: ReadonlyMap<string, Secret>;
  /** Why the first of the others cannot; null where there is none. */
  readonly problem: Error | null;
  readonly lifetimeSeconds: number;
}

export interface KeySupplyOptions {
  readonly slug: Slug;
  readonly logger: Logger;
  /** Keys of the named repositories. */
  resolveKeys(slug: Slug, repos: readonly string[]): Promise<RepoKeys>;
}

/** Gives one bundle, over one connection, the SSH keys that it lacks or whose time is over (SSH-4). */
export class KeySupply {
  readonly #options: KeySupplyOptions;
  readonly #client: ControlClient;
  /** Given; until the key was seen to be there, a further frame that says it lacks is the same question. */
  readonly #answered = new Set<string>();
  #problem: unknown = null;

  constructor(options: KeySupplyOptions, client: ControlClient) {
    this.#options = options;
    this.#client = client;
  }

  /** Why the last keys could not be given; null when they could. */
  get problem(): unknown {
    return this.#problem;
  }

  /** Never throws: a key that cannot be had closes one repository, not the link. A gate that does not run has forgotten all. */
  async offer(repos: readonly RepoStatus[], gate: DaemonHealth | undefined): Promise<void> {
    if (gate !== undefined && gate.state !== "healthy") return this.#answered.clear();
    for (const { name, key } of repos) if (key === "ready") this.#answered.delete(name);
    const lacking = repos.filter(({ name, key }) => key !== "ready" && !this.#answered.has(name)).map(({ name }) => name);
    if (lacking.length === 0) return;
    for (const name of lacking) this.#answered.add(name);
    try {
      await this.#give(lacking);
      this.#problem = null;
    } catch (error) {
      this.#problem = error;
      // What stood in the way may be put right: then the next time the bundle says that it lacks a key is another question.
      for (const name of lacking) this.#answered.delete(name);
      this.#options.logger.log("warn", "git-keys-not-given", { slug: this.#options.slug, repos: lacking, error });
    }
  }

  async #give(names: readonly string[]): Promise<void> {
    const { keys, lifetimeSeconds, problem } = await this.#options.resolveKeys(this.#options.slug, names);
    const given = [...keys].map(([name, key]) => [name, { privateKey: key.reveal(), lifetimeSeconds }] as const);
    if (given.length > 0) await this.#client.request({ type: "set-keys", keys: Object.fromEntries(given) });
    if (problem !== null) throw problem;
  }
}
