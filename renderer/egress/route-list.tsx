import type { Route } from "#common/domain/route.ts";
import { bottleView, hrefOf } from "../app/location.ts";
import { formatBytes, formatCount, plural } from "../ui/format.ts";
import { Tag } from "../ui/tag.tsx";
import type { RouteView } from "./decision-log.ts";
import { originWords, routeWords } from "./route-words.ts";

function AuthTag({ route }: { route: Route }) {
  if (!route.auth) return <Tag>no credential</Tag>;
  return (
    <Tag tone="ok" title={`${route.auth.tokenRef} is added outside the bottle`}>
      {route.auth.scheme}
    </Tag>
  );
}

function RouteRow({ slug, route, count }: { slug: string; route: Route; count: RouteView["counts"][number] | undefined }) {
  const requests = (count?.allowed ?? 0) + (count?.refused ?? 0);
  return (
    <li className="border-b border-line/60 py-1.5 last:border-b-0">
      <div className="flex items-center gap-2">
        <span className="data min-w-0 grow truncate" title={route.host}>
          {route.host}
        </span>
        <AuthTag route={route} />
      </div>
      <div className="flex items-baseline gap-2 text-sm text-faint">
        <span className="min-w-0 grow truncate" title={`${routeWords(route)}\n${route.pathAllowlist.join("\n")}`}>
          {routeWords(route)}
        </span>
        <a
          href={hrefOf(bottleView(slug, "egress", route.host))}
          className="data shrink-0 text-dim underline-offset-2 hover:underline"
          aria-label={`${plural(requests, "request")} to ${route.host}${count?.refused ? `, ${count.refused} refused` : ""}`}
          title={originWords(route)}
        >
          {formatCount(requests)} · {formatBytes((count?.bytesUp ?? 0) + (count?.bytesDown ?? 0))}
        </a>
      </div>
    </li>
  );
}

/** The live routes of one bottle with what went through each. */
export function RouteList({ slug, view }: { slug: string; view: RouteView }) {
  const counts = new Map(view.counts.map((count) => [count.host, count]));
  if (view.table.routes.length === 0)
    return <p className="py-2 text-sm text-faint">No routes: nothing leaves this bottle. The agent can ask for one.</p>;
  return (
    <ul>
      {view.table.routes.map((route) => (
        <RouteRow key={route.host} slug={slug} route={route} count={counts.get(route.host)} />
      ))}
    </ul>
  );
}
