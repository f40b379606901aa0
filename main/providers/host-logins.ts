import type { TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Clock } from "../platform/clock.ts";
import type { Secret } from "../platform/secret.ts";
import type { HostLogin, HostLoginReader, HostSurroundings } from "./provider.ts";
import type { ProviderRegistry } from "./provider-registry.ts";

export interface HostLoginDeps {
  readonly providers: ProviderRegistry;
  readonly userHome: string;
  readonly clock: Clock;
  /** Variables of the operator's environment, wherever this process was launched from (ENV-2). */
  env(names: readonly string[]): Promise<Readonly<Record<string, string | undefined>>>;
}

export type HostLoginOutcome = { readonly login: HostLogin } | { readonly problem: string };

/** The operator's own logins of provider programs, read anew each time: they are refreshed behind our back. */
export class HostLogins {
  readonly #deps: HostLoginDeps;
  readonly #readers: ReadonlyMap<TokenRef, HostLoginReader>;

  constructor(deps: HostLoginDeps) {
    this.#deps = deps;
    const readers = [...deps.providers.values()].flatMap(({ hostLogin }) => hostLogin ?? []);
    this.#readers = new Map(readers.map((reader) => [reader.tokenRef, reader]));
  }

  /** For the preflight: what stands in the way is said, with the next step. */
  async look(reader: HostLoginReader): Promise<HostLoginOutcome> {
    try {
      return { login: await reader.read(await this.#surroundings(reader)) };
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      return { problem: error.hint === null ? error.message : `${error.message}. ${error.hint}` };
    }
  }

  /** Whether a ref stands for a login: neither store nor environment ever stands in for one. */
  owns(ref: TokenRef): boolean {
    return this.#readers.has(ref);
  }

  /** Values of those refs that stand for a login that can be used now; the rest stay missing. */
  async tokens(refs: readonly TokenRef[]): Promise<ReadonlyMap<TokenRef, Secret>> {
    const found = await Promise.all(
      refs.map(async (ref) => {
        const reader = this.#readers.get(ref);
        const outcome = reader === undefined ? null : await this.look(reader);
        return outcome !== null && "login" in outcome ? [[ref, outcome.login.token] as const] : [];
      }),
    );
    return new Map(found.flat());
  }

  /** Files of the logins, by the ref that each stands behind. */
  async files(): Promise<ReadonlyMap<TokenRef, string>> {
    const files = [...this.#readers.values()].map(
      async (reader) => [reader.tokenRef, reader.file(await this.#surroundings(reader))] as const,
    );
    return new Map(await Promise.all(files));
  }

  async #surroundings({ envNames }: HostLoginReader): Promise<HostSurroundings> {
    const { userHome, clock, env } = this.#deps;
    return { env: await env(envNames), userHome, now: clock.now() };
  }
}
