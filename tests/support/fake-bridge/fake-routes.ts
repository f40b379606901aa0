import type { Grant, Route, RouteTable } from "#common/domain/route.ts";
import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import type { OperatorRoute, RouteEdit } from "#common/ipc/proposal-methods.ts";
import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";
import { yamlOf } from "./routes-as-text.ts";
import { grants, route, routes } from "./sample-data.ts";

type Publish = <T extends TopicName>(topic: T, payload: TopicPayload<T>) => void;

/** The live tables of the fake's bottles; every one starts with the same routes at revision 7. */
export class FakeRoutes {
  readonly #tables = new Map<string, RouteTable>();
  readonly #publish: Publish;

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  table(slug: string): RouteTable {
    const known = this.#tables.get(slug) ?? { revision: 7, routes: routes(), grants: slug.startsWith("api-refactor-k") ? grants() : [] };
    this.#tables.set(slug, known);
    return known;
  }

  change(slug: string, change: { routes?: Route[]; grants?: Grant[] }): RouteTable {
    const before = this.table(slug);
    const table = { ...before, ...change, revision: before.revision + 1 };
    this.#tables.set(slug, table);
    this.#publish("routes", { slug, table });
    return table;
  }

  /** As `change`, but the window has not been told yet. */
  changeSilently(slug: string): void {
    const { routes, grants, revision } = this.table(slug);
    this.#tables.set(slug, { revision: revision + 1, routes: routes.filter(({ host }) => host !== "docs.python.org"), grants });
  }

  endGrant(slug: string, why: "expired" | "used-up"): void {
    const [grant, ...rest] = this.table(slug).grants;
    if (!grant) return;
    this.change(slug, { grants: rest });
    this.#publish("grant-ended", { slug, grant, why });
  }

  requireRevision(slug: string, seen: number): void {
    const { revision } = this.table(slug);
    if (revision === seen) return;
    throw new Refusal(
      "stale-revision",
      `The routes are at revision ${revision}, the decision was made against ${seen}.`,
      "Read what changed, then decide again.",
    );
  }

  #edited({ slug, routes: wanted, keptGrants }: RouteEdit): RouteTable {
    const live = this.table(slug);
    return {
      revision: live.revision,
      routes: wanted.map((each) => asRoute(each, live.routes)),
      grants: live.grants.filter(({ id }) => keptGrants.includes(id)),
    };
  }

  readonly handlers: FakeHandlers<"routes.preview" | "routes.set"> = {
    "routes.preview": (edit) => {
      const live = this.table(edit.slug);
      const wanted = this.#edited(edit);
      const added = wanted.routes.filter(({ host }) => !live.routes.some((known) => known.host === host));
      return {
        sentence: `${edit.slug} could reach ${wanted.routes.map(({ host }) => host).join(", ") || "nothing"}.`,
        warnings: added.map(({ host }) => `${host} was never reached from this bottle.`),
        liveRevision: live.revision,
        before: yamlOf(live),
        after: yamlOf(wanted),
        problems: problemsOf(edit.routes),
      };
    },
    "routes.set": ({ seenRevision, note: _note, ...edit }) => {
      this.requireRevision(edit.slug, seenRevision);
      const { routes, grants } = this.#edited(edit);
      return this.change(edit.slug, { routes, grants });
    },
  };
}

function asRoute(edit: OperatorRoute, live: readonly Route[]): Route {
  const known = live.find(({ host }) => host === edit.host);
  const auth = edit.auth ? { ...edit.auth, inject: known?.auth?.inject ?? ("always" as const) } : null;
  return { ...(known ?? route(edit.host, { origin: { kind: "operator" } })), ...edit, auth };
}

function problemsOf(routes: readonly OperatorRoute[]): { index: number; problem: string }[] {
  return routes.flatMap(({ host }, index) => {
    if (routes.findIndex((other) => other.host === host) < index) return [{ index, problem: `There is a route for ${host} already.` }];
    return host.includes("*") ? [{ index, problem: "A route is for one host: no wildcards." }] : [];
  });
}
