import type { TokenRef } from "#common/domain/names.ts";
import { Secret } from "../platform/secret.ts";
import type { OperatorEnv } from "./operator-env.ts";
import type { SecretStore, StoreView } from "./secret-store.ts";

/** Where the value of a token ref would come from now; `locked`: the store holds it, or cannot say, and does not open. */
export type SecretPlace = "store" | "locked" | "environment" | "missing";

/** The one way from a token ref to its value (ENV-2): the encrypted store, then the operator's environment. */
export interface SecretSource {
  /** Asks for the store's passphrase where that can be asked for here. */
  place(ref: TokenRef): Promise<SecretPlace>;
  /** A value of any shape; null where there is none. Throws where the store holds it and does not open. */
  resolve(ref: TokenRef): Promise<Secret | null>;
}

/**
 * The environment never stands in for a stored secret that cannot be read: the operator stored it so that it is used, and a
 * different credential in its place would be the wrong one.
 */
export function createSecretSource(store: SecretStore, env: OperatorEnv): SecretSource {
  return {
    place: async (ref) => {
      let place = placeInStore(await store.view(), ref);
      if (place === "locked" && store.asks) {
        await store.value(ref);
        place = placeInStore(await store.view(), ref);
      }
      return place ?? ((await env.lookup(ref)) ? "environment" : "missing");
    },
    resolve: async (ref) => {
      const stored = await store.value(ref);
      if (stored !== null) return stored;
      const value = await env.lookup(ref);
      return value ? new Secret(value) : null;
    },
  };
}

/** Null where the store does not hold it. */
export function placeInStore(store: StoreView, ref: TokenRef): SecretPlace | null {
  if (store.state === "absent") return null;
  if (store.state === "broken") return "locked";
  if (!store.names.some(({ name }) => name === ref)) return null;
  return store.state === "open" ? "store" : "locked";
}
