import type { Grant, Route } from "#common/domain/route.ts";
import { bottleView, hrefOf } from "../app/location.ts";
import { formatBytes, formatCount, plural } from "../ui/format.ts";
import { Tag } from "../ui/tag.tsx";
import type { RouteView } from "./decision-log.ts";
import { GrantLeft } from "./grant-left.tsx";
import { Lineage } from "./lineage.tsx";
import { looseWords, reachWords } from "./route-words.ts";

type Count = RouteView["counts"][number];

export function AuthTag({ route }: { route: Pick<Route, "auth"> }) {
  if (!route.auth) return <Tag>no credential</Tag>;
  return (
    <Tag tone="ok" title={`${route.auth.tokenRef} is added outside the bottle`}>
      {route.auth.scheme}
    </Tag>
  );
}

function Reach({ route }: { route: Route }) {
  return (
    <span className="min-w-0 grow truncate" title={[reachWords(route), ...route.pathAllowlist, ...looseWords(route)].join("\n")}>
      {reachWords(route)}
    </span>
  );
}

function RouteRow({ slug, route, count }: { slug: string; route: Route; count: Count | undefined }) {
  const requests = (count?.allowed ?? 0) + (count?.refused ?? 0);
  const loose = looseWords(route);
  return (
    <li className="border-b border-line/60 py-1.5 last:border-b-0">
      <div className="flex items-center gap-2">
        <span className="data min-w-0 grow truncate" title={route.host}>
          {route.host}
        </span>
        <AuthTag route={route} />
      </div>
      <div className="flex items-baseline gap-2 text-sm text-faint">
        <Reach route={route} />
        <a
          href={hrefOf(bottleView(slug, "egress", route.host))}
          className="data shrink-0 text-dim underline-offset-2 hover:underline"
          aria-label={`${plural(requests, "request")} to ${route.host}${count?.refused ? `, ${count.refused} refused` : ""}`}
        >
          {formatCount(requests)} · {formatBytes((count?.bytesUp ?? 0) + (count?.bytesDown ?? 0))}
        </a>
      </div>
      <p className="truncate text-sm text-faint">
        <Lineage slug={slug} route={route} />
        {loose.length > 0 ? <span className="text-warn"> · {loose.join(", ")}</span> : null}
      </p>
    </li>
  );
}

/** A route for a while, with what is left of it. */
export function GrantRow({ slug, grant }: { slug: string; grant: Grant }) {
  return (
    <li className="border-b border-line/60 py-1.5 last:border-b-0">
      <div className="flex items-center gap-2">
        <span className="data min-w-0 grow truncate" title={grant.route.host}>
          {grant.route.host}
        </span>
        <GrantLeft grant={grant} />
      </div>
      <div className="flex items-baseline gap-2 text-sm text-faint">
        <Reach route={grant.route} />
        <span className="shrink-0">
          <Lineage slug={slug} route={grant.route} />
        </span>
      </div>
    </li>
  );
}

/** The live routes of one bottle with what went through each, and its grants. */
export function RouteList({ slug, view }: { slug: string; view: RouteView }) {
  const counts = new Map(view.counts.map((count) => [count.host, count]));
  const { routes, grants } = view.table;
  if (routes.length + grants.length === 0)
    return <p className="py-2 text-sm text-faint">No routes: nothing leaves this bottle. The agent can ask for one.</p>;
  return (
    <ul>
      {routes.map((route) => (
        <RouteRow key={route.host} slug={slug} route={route} count={counts.get(route.host)} />
      ))}
      {grants.map((grant) => (
        <GrantRow key={grant.id} slug={slug} grant={grant} />
      ))}
    </ul>
  );
}
