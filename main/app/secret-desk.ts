import type { Slug, TokenRef } from "#common/domain/names.ts";
import type { SecretRow, SecretStoreState, SecretsView } from "#common/ipc/secret-methods.ts";
import { parseIdentity } from "#common/manifest/git-gate-schema.ts";
import type { BottleManifest, ManifestSet } from "../manifests/manifest-set.ts";
import type { Secret } from "../platform/secret.ts";
import { placeInStore } from "../secrets/secret-source.ts";
import type { StoreView } from "../secrets/secret-store.ts";
import type { Protection } from "../secrets/store-file.ts";
import { availableTokens } from "../secrets/token-refs.ts";
import type { BundleLink } from "../sidecars/bundle-link.ts";
import type { OperatorSecrets } from "./operator-secrets.ts";
import type { Services } from "./services.ts";

export interface SecretDeskDeps {
  readonly secrets: OperatorSecrets;
  readonly services: Pick<Services, "links" | "observe">;
  loadManifests(): Promise<ManifestSet>;
}

/** What became of a new value in the bottles that use it. */
export interface Delivery {
  readonly given: readonly Slug[];
  /** Running bottles that use it and could not be told, with the reason. */
  readonly failed: readonly { readonly slug: Slug; readonly reason: string }[];
}

const ENGINE_MS = 15_000;
const CONNECT_MS = 5_000;

/** The store's use-cases, for panel and command line: nothing that leaves here holds a value. */
export class SecretDesk {
  readonly #deps: SecretDeskDeps;

  constructor(deps: SecretDeskDeps) {
    this.#deps = deps;
  }

  async view(): Promise<SecretsView> {
    const { secrets, services } = this.#deps;
    const [store, uses, named] = await Promise.all([secrets.store.view(), secrets.uses.read(), this.#named()]);
    const links = services.links.all();
    const names = new Set([...named.keys(), ...namesIn(store), ...links.flatMap(refsOf)]);
    const rows = await Promise.all(
      [...names].sort().map(
        async (name): Promise<SecretRow> => ({
          name,
          source: await this.#sourceOf(name, store),
          manifests: [...(named.get(name) ?? [])],
          bottles: links.filter((link) => holds(link, name)).map(({ slug }) => slug),
          storedAt: storedAt(store, name),
          lastUsedAt: uses.get(name)?.at ?? null,
          lastUsedBy: uses.get(name)?.bottle ?? null,
        }),
      ),
    );
    return { store: describeStore(store, await secrets.offered()), rows, loginShell: secrets.env.loginShell };
  }

  async create(protection: Protection, passphrase: Secret | null): Promise<void> {
    await this.#deps.secrets.store.create(protection, passphrase);
  }

  async unlock(passphrase: Secret | null): Promise<void> {
    await this.#deps.secrets.store.unlock(passphrase);
    await this.giveMissing();
  }

  /** Stores it and gives it to every running bottle that uses it, in place of what they had. */
  async set(name: TokenRef, value: Secret): Promise<Delivery> {
    await this.#deps.secrets.store.set(name, value);
    return this.#deliver(name);
  }

  /** Running bottles that use it fall back on the environment's value, or lose it: what was removed must not be used on. */
  async remove(name: TokenRef): Promise<Delivery> {
    await this.#deps.secrets.store.remove(name);
    return this.#deliver(name);
  }

  /** Gives linked bottles what they lack and what can be had now, as after the store was opened. */
  async giveMissing(): Promise<void> {
    const { secrets, services } = this.#deps;
    for (const link of services.links.all()) {
      const values = await availableTokens(link.view?.missingSecrets ?? [], secrets.source);
      if (values.size === 0 || link.state !== "connected") continue;
      await give(link, values);
      await secrets.uses.record([...values.keys()], link.slug);
    }
  }

  async #deliver(name: TokenRef): Promise<Delivery> {
    const { secrets, services } = this.#deps;
    const value = (await availableTokens([name], secrets.source)).get(name) ?? null;
    const bottles = await services.observe(AbortSignal.timeout(ENGINE_MS));
    const given: Slug[] = [];
    const failed: { slug: Slug; reason: string }[] = [];
    for (const { slug } of bottles.filter(({ reachable }) => reachable)) {
      const link = services.links.get(slug);
      try {
        await link.connected(CONNECT_MS);
        if (!refsOf(link).includes(name)) continue;
        await give(link, new Map([[name, value]]));
        if (value !== null) await secrets.uses.record([name], slug);
        given.push(slug);
      } catch (error) {
        failed.push({ slug, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    return { given, failed };
  }

  async #sourceOf(name: TokenRef, store: StoreView): Promise<SecretRow["source"]> {
    const place = placeInStore(store, name);
    if (place !== null && store.state !== "broken") return "store";
    return (await this.#deps.secrets.env.lookup(name)) ? "environment" : "missing";
  }

  /** Manifests by the secrets they name. */
  async #named(): Promise<ReadonlyMap<TokenRef, readonly string[]>> {
    const { bottles } = await this.#deps.loadManifests();
    const named = new Map<TokenRef, string[]>();
    for (const bottle of bottles) for (const ref of refsOfManifest(bottle)) named.set(ref, [...(named.get(ref) ?? []), bottle.name]);
    return named;
  }
}

function refsOfManifest({ settings }: BottleManifest): TokenRef[] {
  const tokens = (settings.egress?.routes ?? []).flatMap(({ auth }) => (auth === undefined ? [] : [auth.token_ref]));
  const own = settings.agent_provider.auth_token;
  const keys = Object.values(settings["git-gate"]?.repos ?? {}).flatMap(({ identity }) => {
    const key = parseIdentity(identity);
    return key?.kind === "secret" ? [key.ref] : [];
  });
  return [...new Set([...tokens, ...(own === undefined ? [] : [own]), ...keys])];
}

/** Secrets that the live routes of a bottle name. */
function refsOf({ view }: BundleLink): TokenRef[] {
  return [...new Set((view?.table.routes ?? []).flatMap(({ auth }) => (auth === null ? [] : [auth.tokenRef])))];
}

function holds(link: BundleLink, name: TokenRef): boolean {
  return refsOf(link).includes(name) && link.view?.missingSecrets.includes(name) === false;
}

async function give(link: BundleLink, values: ReadonlyMap<TokenRef, Secret | null>): Promise<void> {
  const client = await link.connected(CONNECT_MS);
  const opened = [...values].map(([ref, secret]) => [ref, secret?.reveal() ?? null]);
  await client.request({ type: "set-secrets", values: Object.fromEntries(opened) });
}

function namesIn(store: StoreView): TokenRef[] {
  return store.state === "open" || store.state === "locked" ? store.names.map(({ name }) => name) : [];
}

function storedAt(store: StoreView, wanted: TokenRef): string | null {
  if (store.state !== "open" && store.state !== "locked") return null;
  return store.names.find(({ name }) => name === wanted)?.storedAt ?? null;
}

function describeStore(store: StoreView, offered: readonly Protection[]): SecretStoreState {
  const known = store.state === "open" || store.state === "locked" ? store.protections : [];
  return {
    state: store.state,
    protections: [...known],
    offered: [...offered],
    problem: store.state === "broken" || store.state === "locked" ? store.problem : null,
  };
}
