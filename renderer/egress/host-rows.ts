import type { Grant, Route } from "#common/domain/route.ts";
import type { RouteView } from "./decision-log.ts";
import type { HostSeries } from "./use-egress.ts";

export interface HostRow {
  host: string;
  route: Route | null;
  grants: readonly Grant[];
  count: RouteView["counts"][number] | undefined;
  series: HostSeries | undefined;
}

/** Hosts with a route first, in the table's order; then those with grants alone; then what was only asked for, most refused first. */
export function hostRows({ table, counts }: RouteView, series: readonly HostSeries[]): HostRow[] {
  const routeOf = new Map(table.routes.map((route) => [route.host, route]));
  const grantsOf = Map.groupBy(table.grants, ({ route }) => route.host);
  const countOf = new Map(counts.map((count) => [count.host, count]));
  const seriesOf = new Map(series.map((each) => [each.host, each]));
  const asked = counts.toSorted((a, b) => b.refused - a.refused).map(({ host }) => host);
  return [...new Set([...routeOf.keys(), ...grantsOf.keys(), ...asked])].map((host) => ({
    host,
    route: routeOf.get(host) ?? null,
    grants: grantsOf.get(host) ?? [],
    count: countOf.get(host),
    series: seriesOf.get(host),
  }));
}
