import type { z } from "zod";
import type { ManifestName, Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Route } from "#common/domain/route.ts";
import { editManifest } from "#common/manifest/edit/edit-manifest.ts";
import type { Change } from "#common/manifest/edit/expand-change.ts";
import type { BottleManifest } from "../manifests/manifest-set.ts";
import { effectOf } from "../proposals/effect.ts";
import { asManifest } from "../proposals/route-yaml.ts";
import type { RouteRequest, WriteBack, WriteBackPort, WrittenBack } from "../proposals/write-back-port.ts";
import { routeOf } from "../providers/plan-routes.ts";
import type { Declarations } from "./declared.ts";
import type { ManifestDesk } from "./manifest-desk.ts";
import { routesOfProvider } from "./provider-routes.ts";

export interface RouteWriteBackDeps {
  readonly declarations: Declarations;
  readonly desk: Pick<ManifestDesk, "read" | "check" | "save">;
  /** Name of the manifest that a bottle was started from; null where that is not known any more. */
  bottleOf(slug: Slug): Promise<z.infer<typeof ManifestName> | null>;
}

/** What the route of one host is to be in a manifest. */
interface Target {
  readonly name: string;
  readonly index: number;
  readonly before: Route | null;
}

/** The keys of a manifest's route that an approval can change; everything else of it stays as it is written. */
const CHANGED_KEYS = ["methods", "path_allowlist", "auth", "pipelock"] as const;

/**
 * Writes approvals for good to the manifest of the bottle, and to no other file: what several bottles inherit is not changed
 * from the inbox of one of them. The manifest's own route is widened, not what happens to be live.
 */
export class RouteWriteBack implements WriteBackPort {
  readonly #deps: RouteWriteBackDeps;

  constructor(deps: RouteWriteBackDeps) {
    this.#deps = deps;
  }

  async offer(slug: Slug, request: RouteRequest): Promise<WriteBack> {
    try {
      return await this.#offer(slug, request);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      return refused(error.message);
    }
  }

  /** Never rejects: it is asked once the approval is live, which must not look as if it had failed. */
  async write(slug: Slug, request: RouteRequest, digest: string): Promise<WrittenBack> {
    try {
      return await this.#write(slug, request, digest);
    } catch (error) {
      return { file: "", problem: error instanceof OperatorError ? error.message : "The manifest could not be read or written" };
    }
  }

  async #write(slug: Slug, request: RouteRequest, digest: string): Promise<WrittenBack> {
    const offered = await this.offer(slug, request);
    if (!offered.ok) return { file: "", problem: offered.problem };
    const { file, after } = offered.offer;
    if (offered.offer.digest !== digest) return { file, problem: `${file} is not what was reviewed any more` };
    const name = (await this.#deps.bottleOf(slug)) ?? "";
    try {
      await this.#deps.desk.save(refOf(name), after, digest);
      return { file, problem: null };
    } catch (error) {
      return { file, problem: error instanceof OperatorError ? error.message : `${file} could not be written` };
    }
  }

  async #offer(slug: Slug, request: RouteRequest): Promise<WriteBack> {
    const name = await this.#deps.bottleOf(slug);
    if (name === null) return refused("It is not known any more which manifest the bottle was started from.");
    const { manifests, providers } = await this.#deps.declarations.load(null);
    const bottle = manifests.bottles.find((each) => each.name === name);
    if (bottle === undefined) return refused(`The manifest of the bottle ${name} is gone, or has errors.`);
    if (routesOfProvider(providers, bottle.settings).some(({ host }) => host === request.host)) {
      return refused(`${request.host} is the provider's own: a route in the manifest would have no effect.`);
    }
    const target = targetOf(bottle, request);
    if (typeof target === "string") return refused(target);
    return this.#drafted(target, request);
  }

  async #drafted(target: Target, request: RouteRequest): Promise<WriteBack> {
    const { desk } = this.#deps;
    const stored = await desk.read(refOf(target.name));
    if (!stored.writable) return refused(`${stored.file} leads elsewhere by a link, so it is not written to.`);
    const edited = editManifest(stored.source, changesOf(target, request), null);
    if (!edited.ok) return refused(`${stored.file} has to be changed by hand: ${edited.problems[0]?.message ?? "it cannot be read"}.`);
    if (edited.value === stored.source) return refused(`${stored.file} says so already.`);
    const errors = (await desk.check(refOf(target.name), edited.value)).problems.filter(({ severity }) => severity === "error");
    if (errors.length > 0) return refused(`${stored.file} has to be changed by hand: ${errors[0]?.message}.`);
    return { ok: true, offer: { file: stored.file, digest: stored.digest, before: stored.source, after: edited.value } };
  }
}

/** Where the route stands, or is to stand; or why it cannot be written there. */
function targetOf({ name, lineage }: BottleManifest, request: RouteRequest): Target | string {
  const declared = lineage.map(({ name: each, manifest }) => ({
    name: each,
    frontmatter: manifest.ok ? manifest.value.frontmatter : null,
  }));
  const owner = declared.find(({ frontmatter }) => frontmatter?.egress !== undefined);
  if (owner !== undefined && owner.name !== name) {
    return `The routes of ${name} are those of ${owner.name}, which it extends: change ${owner.name} for every bottle that extends it, or give ${name} an egress section of its own.`;
  }
  const routes = owner?.frontmatter?.egress?.routes ?? [];
  const found = routes.findIndex(({ host }) => host === request.host);
  if (found === -1) {
    if (request.kind === "pipelock")
      return `The manifest of ${name} has no route to ${request.host}: the route there is was approved for this bottle alone.`;
    return { name, index: routes.length, before: null };
  }
  const route = routes[found];
  return { name, index: found, before: route === undefined ? null : routeOf(route, { kind: "manifest", bottle: name }) };
}

function changesOf({ index, before }: Target, request: RouteRequest): Change[] {
  const context = { proposalId: "", scope: { kind: "for-good" }, now: new Date(0), by: "" } as const;
  const { routes } = effectOf({ routes: before === null ? [] : [before], grants: [] }, request, context);
  const after = routes.find(({ host }) => host === request.host);
  if (after === undefined) return [];
  const path = ["egress", "routes", String(index)];
  const written = asManifest(after);
  if (before === null) return [{ path, value: json(written) }];
  const old = asManifest(before);
  return CHANGED_KEYS.filter((key) => JSON.stringify(old[key]) !== JSON.stringify(written[key])).map((key) => ({
    path: [...path, key],
    value: json(written[key] ?? null),
  }));
}

function json(value: unknown): Change["value"] {
  return JSON.parse(JSON.stringify(value)) as Change["value"];
}

function refOf(name: string) {
  return { kind: "bottle", name, workspace: null } as const;
}

function refused(problem: string): WriteBack {
  return { ok: false, problem };
}
