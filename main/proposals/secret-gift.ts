import type { Slug, TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ControlClient } from "../sidecars/control-client.ts";
import type { LinkPool } from "../sidecars/link-pool.ts";
import { tableAt } from "../sidecars/table-at.ts";
import type { Effect } from "./effect.ts";

const NEWS_MS = 2_000;

export interface SecretGiftDeps {
  readonly links: LinkPool;
  /** Values of those that can be had, for this bottle (ENV-2). */
  resolveSecrets(slug: Slug, refs: readonly string[]): Promise<Readonly<Record<string, string>>>;
}

/** Brings credentials into a bundle before the route that needs them is live (SID-4). */
export class SecretGift {
  readonly #deps: SecretGiftDeps;

  constructor(deps: SecretGiftDeps) {
    this.#deps = deps;
  }

  /** Returns what takes them back again, but for those that live routes name, before or by then. */
  async give(client: ControlClient, slug: Slug, live: Effect, refs: readonly TokenRef[]): Promise<() => Promise<void>> {
    if (refs.length === 0) return async () => undefined;
    const values = await this.#deps.resolveSecrets(slug, refs);
    for (const ref of refs) if (values[ref] === undefined) throw missing(ref);
    await client.request({ type: "set-secrets", values: { ...values } });
    const named = refsOf(live);
    const fresh = refs.filter((ref) => !named.has(ref));
    if (fresh.length === 0) return async () => undefined;
    return () => this.#takeBack(client, slug, fresh).catch(() => undefined);
  }

  /** Whoever was quicker may have made a route live that needs the very same: what is live is asked for anew. */
  async #takeBack(client: ControlClient, slug: Slug, refs: readonly TokenRef[]): Promise<void> {
    const revision = await client.request({ type: "set-secrets", values: {} });
    const live = await tableAt(this.#deps.links.get(slug), revision, NEWS_MS);
    if (live === null) return;
    const named = refsOf(live);
    const values = Object.fromEntries(refs.filter((ref) => !named.has(ref)).map((ref) => [ref, null]));
    await client.request({ type: "set-secrets", values });
  }
}

/** Credentials that routes and grants name. */
export function refsOf({ routes, grants }: Effect): Set<TokenRef> {
  const all = [...routes, ...grants.map(({ route }) => route)];
  return new Set(all.flatMap(({ auth }) => (auth === null ? [] : [auth.tokenRef])));
}

function missing(ref: TokenRef): OperatorError {
  return new OperatorError("secret-missing", {
    message: `The credential ${ref} cannot be found`,
    hint: `Store ${ref} in the Secrets view or with \`bot-bottle secrets set ${ref}\`, unlock the store if it is there already, or go without a credential`,
  });
}
