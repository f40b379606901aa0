import type { Slug, TokenRef } from "#common/domain/names.ts";
import type { SecretRow, SecretStoreState, SecretsView } from "#common/ipc/secret-methods.ts";
import { parseIdentity } from "#common/manifest/git-gate-schema.ts";
import type { BottleRegistry } from "../bottles/registry.ts";
import type { BottleManifest, ManifestSet } from "../manifests/manifest-set.ts";
import type { Secret } from "../platform/secret.ts";
import { placeInStore } from "../secrets/secret-source.ts";
import type { StoreView } from "../secrets/secret-store.ts";
import type { Protection } from "../secrets/store-file.ts";
import type { BundleLink } from "../sidecars/bundle-link.ts";
import type { OperatorSecrets } from "./operator-secrets.ts";
import type { Delivery } from "./secret-delivery.ts";
import { refsOf, SecretDelivery, secretIdentities } from "./secret-delivery.ts";
import type { Services } from "./services.ts";

export interface SecretDeskDeps {
  readonly secrets: OperatorSecrets;
  readonly services: Pick<Services, "links" | "observe" | "registry" | "deps">;
  loadManifests(): Promise<ManifestSet>;
  /** Whether a ref stands for a login of this machine, which is neither stored nor set by the operator (PRV-3). */
  isHostLogin(ref: TokenRef): boolean;
}

/** The store's use-cases, for panel and command line: nothing that leaves here holds a value. */
export class SecretDesk {
  readonly #deps: SecretDeskDeps;
  readonly #delivery: SecretDelivery;

  constructor(deps: SecretDeskDeps) {
    this.#deps = deps;
    this.#delivery = new SecretDelivery(deps);
  }

  async view(): Promise<SecretsView> {
    const { secrets, services } = this.#deps;
    const [store, uses, named] = await Promise.all([secrets.store.view(), secrets.uses.read(), this.#named()]);
    const holdings = await Promise.all(services.links.all().map((link) => holdingsOf(link, services.registry)));
    const names = new Set([...named.keys(), ...namesIn(store), ...holdings.flatMap(({ wanted }) => [...wanted])]);
    const rows = [...names]
      .filter((name) => !this.#deps.isHostLogin(name))
      .sort()
      .map(
        (name): SecretRow => ({
          name,
          source: this.#sourceOf(name, store),
          manifests: [...(named.get(name) ?? [])],
          bottles: holdings.filter(({ held }) => held.has(name)).map(({ slug }) => slug),
          storedAt: storedAt(store, name),
          lastUsedAt: uses.get(name)?.at ?? null,
          lastUsedBy: uses.get(name)?.bottle ?? null,
        }),
      );
    return { store: describeStore(store, await secrets.offered()), rows, loginShell: secrets.env.loginShell };
  }

  async create(protection: Protection, passphrase: Secret | null): Promise<void> {
    await this.#deps.secrets.store.create(protection, passphrase);
  }

  async unlock(passphrase: Secret | null): Promise<Delivery> {
    await this.#deps.secrets.store.unlock(passphrase);
    return this.#delivery.giveMissing();
  }

  /** Stores it and gives it to every running bottle that uses it, in place of what they had. */
  async set(name: TokenRef, value: Secret): Promise<Delivery> {
    await this.#deps.secrets.store.set(name, value);
    return this.#delivery.deliver(name);
  }

  /** Running bottles that use it fall back on the environment's value, or lose it: what was removed must not be used on. */
  async remove(name: TokenRef): Promise<Delivery> {
    await this.#deps.secrets.store.remove(name);
    return this.#delivery.deliver(name);
  }

  /** Gives linked bottles what can be had since another process opened or filled the store. */
  giveMissing(): Promise<Delivery> {
    return this.#delivery.giveMissing();
  }

  /** The list does not wait for a slow login shell; what it answers is told after it. */
  #sourceOf(name: TokenRef, store: StoreView): SecretRow["source"] {
    // Whatever it may hold, nothing is taken in its place.
    if (store.state === "broken") return "missing";
    if (placeInStore(store, name) !== null) return "store";
    return this.#deps.secrets.env.knows(name) ? "environment" : "missing";
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

interface Holdings {
  readonly slug: Slug;
  readonly wanted: ReadonlySet<TokenRef>;
  readonly held: ReadonlySet<TokenRef>;
}

async function holdingsOf(link: BundleLink, registry: BottleRegistry): Promise<Holdings> {
  const tokens = refsOf(link);
  const identities = await secretIdentities(link.slug, registry);
  const ready = new Set((link.view?.repos ?? []).filter(({ key }) => key === "ready").map(({ name }) => name));
  const missing = new Set(link.view?.missingSecrets);
  return {
    slug: link.slug,
    wanted: new Set([...tokens, ...identities.map(({ ref }) => ref)]),
    held: new Set([
      ...tokens.filter((ref) => !missing.has(ref)),
      ...identities.filter(({ repo }) => ready.has(repo)).map(({ ref }) => ref),
    ]),
  };
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
