import type { z } from "zod";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Route, RouteTable } from "#common/domain/route.ts";
import type { OperatorRoute, RouteEdit as RouteEditSchema, RouteEditView } from "#common/ipc/proposal-methods.ts";
import type { LinkPool } from "../sidecars/link-pool.ts";
import { checkedRequest } from "./checked-request.ts";
import { requireRevision } from "./deciding.ts";
import { editSentence } from "./edit-sentence.ts";
import type { Effect } from "./effect.ts";
import { tableAsYaml } from "./route-yaml.ts";
import type { SecretGift } from "./secret-gift.ts";
import { refsOf } from "./secret-gift.ts";
import { editWarnings } from "./warnings.ts";

export type RouteEdit = z.infer<typeof RouteEditSchema>;
type View = z.infer<typeof RouteEditView>;

export interface RouteDeskDeps {
  readonly links: LinkPool;
  readonly operator: string;
  readonly secrets: SecretGift;
}

const CONNECT_MS = 10_000;

/** The operator's own edits of live routes: same checks, warnings, reload and record as an approval (SUP-6). */
export class RouteDesk {
  readonly #deps: RouteDeskDeps;

  constructor(deps: RouteDeskDeps) {
    this.#deps = deps;
  }

  /** The routes as they are live. */
  async live(slug: Slug): Promise<RouteTable> {
    const link = this.#deps.links.get(slug);
    const client = await link.connected(CONNECT_MS);
    return link.view?.table ?? client.snapshot.table;
  }

  /** Ends a grant before its time; everything else stays. */
  async revoke(slug: Slug, grantId: string, note: string): Promise<RouteTable> {
    const live = await this.live(slug);
    if (!live.grants.some(({ id }) => id === grantId)) {
      throw new OperatorError("not-found", {
        message: `${slug} has no grant ${grantId}`,
        hint: `See them with \`bot-bottle routes ${slug}\``,
      });
    }
    const keptGrants = live.grants.map(({ id }) => id).filter((id) => id !== grantId);
    return this.set({ slug, routes: live.routes.map(asOperatorRoute), keptGrants }, live.revision, note);
  }

  /** What the edit would make of the live table; nothing is changed. */
  async preview(edit: RouteEdit): Promise<View> {
    const live = await this.live(edit.slug);
    const { after, problems } = drafted(live, edit);
    return {
      sentence: editSentence(edit.slug, live, after),
      warnings: editWarnings(live, after).map(({ text }) => text),
      liveRevision: live.revision,
      before: tableAsYaml(live),
      after: tableAsYaml(after),
      problems,
    };
  }

  /** Resolves with the table once it is live; the bundle's own event brings it into the audit log. */
  async set(edit: RouteEdit, seenRevision: number, note: string): Promise<RouteTable> {
    const { links, operator, secrets } = this.#deps;
    const { slug } = edit;
    const client = await links.get(slug).connected(CONNECT_MS);
    const live = requireRevision(slug, links.peek(slug)?.view?.table, seenRevision);
    const { after, problems } = drafted(live, edit);
    if (problems[0] !== undefined) throw unusable(problems[0].problem);
    const known = refsOf(live);
    const takeBack = await secrets.give(
      client,
      slug,
      live,
      [...refsOf(after)].filter((ref) => !known.has(ref)),
    );
    try {
      const revision = await client.request({ type: "set-routes", seenRevision, ...after, by: operator, note });
      return { revision, ...after };
    } catch (error) {
      await takeBack();
      throw error;
    }
  }
}

/** A live route as an operator edits it. */
export function asOperatorRoute({ host, methods, pathAllowlist, auth, websocket, pipelock }: Route): OperatorRoute {
  const named = auth === null ? null : { scheme: auth.scheme, tokenRef: auth.tokenRef };
  return { host, methods, pathAllowlist, auth: named, websocket, pipelock };
}

interface Drafted {
  readonly after: Effect;
  readonly problems: View["problems"];
}

/** The edit as a table; what cannot be a route is left out and told by its place. */
function drafted(live: Effect, { routes, keptGrants }: RouteEdit): Drafted {
  const problems: View["problems"] = [];
  const made = new Map<string, Route>();
  for (const [index, route] of routes.entries()) {
    const outcome = routeOf(live, route);
    if ("problem" in outcome) problems.push({ index, problem: outcome.problem });
    else if (made.has(outcome.host)) problems.push({ index, problem: `${outcome.host} has a route already: give all its settings in one` });
    else made.set(outcome.host, outcome);
  }
  return { after: { routes: [...made.values()], grants: live.grants.filter(({ id }) => keptGrants.includes(id)) }, problems };
}

/** What an operator does not edit stays as it was; a route that is as it was stays whose it was. */
function routeOf({ routes }: Effect, edited: OperatorRoute): Route | { readonly problem: string } {
  try {
    const before = routes.find(({ host: each }) => each === edited.host);
    // Not looked at again: a manifest may name what no proposal may, and that must not keep another route from being changed.
    if (before !== undefined && canonicalJson(asOperatorRoute(before)) === canonicalJson(edited)) return before;
    const { methods, pathAllowlist, auth, websocket, pipelock } = edited;
    const known = before?.auth ?? null;
    // A provider's own credential stays on its route, and comes onto no other.
    const kept = auth !== null && known?.scheme === auth.scheme && known.tokenRef === auth.tokenRef ? known : null;
    const { host, ...egress } = checkedRequest({
      kind: "egress-route",
      host: edited.host,
      methods,
      pathAllowlist,
      auth: kept === null ? auth : null,
    });
    const { allowFindings, ssrfIpAllowlist, tlsPassthrough } = checkedRequest({ kind: "pipelock", host, ...pipelock });
    const old = routes.find((route) => route.host === host);
    const route: Route = {
      host,
      methods: egress.methods,
      pathAllowlist: egress.pathAllowlist,
      auth: kept ?? (egress.auth === null ? null : { ...egress.auth, inject: old?.auth?.inject ?? "always" }),
      websocket,
      strip: old?.strip ?? { headers: [], queryKeys: [], cookies: [] },
      pipelock: { tlsPassthrough, ssrfIpAllowlist, allowFindings },
      origin: old?.origin ?? { kind: "operator" },
    };
    return old !== undefined && same(old, route) ? old : { ...route, origin: { kind: "operator" } };
  } catch (error) {
    if (error instanceof OperatorError) return { problem: error.message };
    throw error;
  }
}

function same(a: Route, b: Route): boolean {
  return tableAsYaml({ routes: [a], grants: [] }) === tableAsYaml({ routes: [b], grants: [] });
}

function unusable(problem: string): OperatorError {
  return new OperatorError("bad-input", { message: problem, hint: "Correct the routes; nothing was changed" });
}
