import type { Slug, TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ControlClient } from "../sidecars/control-client.ts";
import type { Effect } from "./effect.ts";

export interface SecretGiftDeps {
  /** Values of those that can be had, for this bottle (ENV-2). */
  resolveSecrets(slug: Slug, refs: readonly string[]): Promise<Readonly<Record<string, string>>>;
}

/** Brings credentials into a bundle before the route that needs them is live (SID-4). */
export class SecretGift {
  readonly #deps: SecretGiftDeps;

  constructor(deps: SecretGiftDeps) {
    this.#deps = deps;
  }

  /** Returns what takes them back again, but for those that live routes named before. */
  async give(client: ControlClient, slug: Slug, live: Effect, refs: readonly TokenRef[]): Promise<() => Promise<void>> {
    if (refs.length === 0) return async () => undefined;
    const values = await this.#deps.resolveSecrets(slug, refs);
    for (const ref of refs) if (values[ref] === undefined) throw missing(ref);
    await client.request({ type: "set-secrets", values: { ...values } });
    const named = refsOf(live);
    const fresh = refs.filter((ref) => !named.has(ref));
    if (fresh.length === 0) return async () => undefined;
    const gone = Object.fromEntries(fresh.map((ref) => [ref, null]));
    return async () => void (await client.request({ type: "set-secrets", values: gone }).catch(() => undefined));
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
