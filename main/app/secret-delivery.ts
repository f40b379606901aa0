import type { Slug, TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { BottleRegistry } from "../bottles/registry.ts";
import { keyLifetimeSeconds } from "../git/key-lifetime.ts";
import { refsOf as refsOfTable } from "../proposals/secret-gift.ts";
import type { BundleLink } from "../sidecars/bundle-link.ts";
import type { ControlRequest } from "../sidecars/control-client.ts";
import type { OperatorSecrets } from "./operator-secrets.ts";
import type { Services } from "./services.ts";

export interface SecretDeliveryDeps {
  readonly secrets: OperatorSecrets;
  readonly services: Pick<Services, "links" | "observe" | "registry" | "deps">;
}

/** What became of a new value in the bottles that use it. */
export interface Delivery {
  readonly given: readonly Slug[];
  /** Running bottles that use it and could not be told, with the reason. */
  readonly failed: readonly { readonly slug: Slug; readonly reason: string }[];
}

const ENGINE_MS = 15_000;
const CONNECT_MS = 5_000;

/** Brings what the operator stored, changed or removed into the bottles that run with it, at once and without a restart. */
export class SecretDelivery {
  readonly #deps: SecretDeliveryDeps;

  constructor(deps: SecretDeliveryDeps) {
    this.#deps = deps;
  }

  /** Gives linked bottles what they lack and what can be had now, as after the store was opened. */
  async giveMissing(): Promise<Delivery> {
    const links = this.#deps.services.links.all().filter(({ state }) => state === "connected");
    return giveEach(links, async (link) => {
      const missing = link.view?.missingSecrets ?? [];
      const values = missing.length === 0 ? {} : await this.#deps.services.deps.resolveSecrets(link.slug, missing);
      const some = Object.keys(values).length > 0;
      if (some) await request(link, { type: "set-secrets", values: { ...values } });
      const keyless = new Set((link.view?.repos ?? []).filter(({ key }) => key !== "ready").map(({ name }) => name));
      return (await this.#giveKeys(link, ({ repo }) => keyless.has(repo))) || some;
    });
  }

  /** What the operator changed is replaced, also where the bundle holds a value already. */
  async deliver(name: TokenRef): Promise<Delivery> {
    const { services } = this.#deps;
    const bottles = await services.observe(AbortSignal.timeout(ENGINE_MS));
    const links = bottles.filter(({ reachable }) => reachable).map(({ slug }) => services.links.get(slug));
    return giveEach(links, async (link) => {
      await link.connected(CONNECT_MS);
      const token = await this.#giveToken(link, name);
      return (await this.#giveKeys(link, ({ ref }) => ref === name)) || token;
    });
  }

  /** What has no value any more is taken back. False where no route of the bottle names it. */
  async #giveToken(link: BundleLink, name: TokenRef): Promise<boolean> {
    if (!refsOf(link).includes(name)) return false;
    const value = (await this.#deps.services.deps.resolveSecrets(link.slug, [name]))[name] ?? null;
    await request(link, { type: "set-secrets", values: { [name]: value } });
    return true;
  }

  /** Keys of repositories whose identity is a secret; one that cannot be used any more is taken back. */
  async #giveKeys(link: BundleLink, wanted: (identity: SecretIdentity) => boolean): Promise<boolean> {
    const { secrets, services } = this.#deps;
    const repos = (await secretIdentities(link.slug, services.registry)).filter(wanted);
    if (repos.length === 0) return false;
    const lifetimeSeconds = keyLifetimeSeconds(services.deps.env);
    const keys = await Promise.all(
      repos.map(async ({ repo, ref }) => {
        const read = await services.deps.identities.read({ [repo]: { kind: "secret", ref } }).catch(unlessOperator);
        const privateKey = read?.get(repo)?.reveal();
        return [repo, privateKey === undefined ? null : { privateKey, lifetimeSeconds }] as const;
      }),
    );
    await request(link, { type: "set-keys", keys: Object.fromEntries(keys) });
    const used = repos.filter((_repo, at) => keys[at]?.[1] !== null).map(({ ref }) => ref);
    await secrets.uses.record(used, link.slug);
    return true;
  }
}

/** One after another; a bottle that does not answer does not keep the others waiting for what is theirs. */
async function giveEach(links: readonly BundleLink[], give: (link: BundleLink) => Promise<boolean>): Promise<Delivery> {
  const given: Slug[] = [];
  const failed: { slug: Slug; reason: string }[] = [];
  for (const link of links) {
    try {
      if (await give(link)) given.push(link.slug);
    } catch (error) {
      failed.push({ slug: link.slug, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { given, failed };
}

interface SecretIdentity {
  readonly repo: string;
  readonly ref: TokenRef;
}

/** Repositories of a bottle whose key is a secret, as its manifest said at its start. */
export async function secretIdentities(slug: Slug, registry: BottleRegistry): Promise<SecretIdentity[]> {
  const { identities = {} } = (await registry.read(slug)) ?? {};
  return Object.entries(identities).flatMap(([repo, identity]) => (identity.kind === "secret" ? [{ repo, ref: identity.ref }] : []));
}

/** Secrets that the live routes and grants of a bottle name. */
export function refsOf({ view }: BundleLink): TokenRef[] {
  return view === null ? [] : [...refsOfTable(view.table)];
}

async function request(link: BundleLink, what: ControlRequest): Promise<void> {
  await (await link.connected(CONNECT_MS)).request(what);
}

function unlessOperator(error: unknown): null {
  if (error instanceof OperatorError) return null;
  throw error;
}
