import { filterWords } from "#common/domain/decision-text.ts";
import type { Route } from "#common/domain/route.ts";
import type { RouteView } from "./decision-log.ts";
import { originWords } from "./route-words.ts";

export interface RouteFilter {
  text: string;
  /** `manifest`: what manifest or provider declare; `grant`: what ends by itself. */
  origin: "all" | "manifest" | "proposal" | "operator" | "grant";
}

export function isFiltering({ text, origin }: RouteFilter): boolean {
  return origin !== "all" || filterWords(text).length > 0;
}

/** The routes and grants that a filter leaves; counts stay, they belong to hosts. */
export function filterRoutes(view: RouteView, slug: string, filter: RouteFilter): RouteView {
  const words = filterWords(filter.text);
  const matches = (route: Route) => words.every((word) => routeText(route, slug).includes(word));
  const ofOrigin = ({ origin }: Route) => {
    if (filter.origin === "all") return true;
    return filter.origin === "manifest" ? origin.kind === "manifest" || origin.kind === "provider" : origin.kind === filter.origin;
  };
  const grantsToo = filter.origin === "all" || filter.origin === "grant";
  return {
    ...view,
    table: {
      ...view.table,
      routes: filter.origin === "grant" ? [] : view.table.routes.filter((route) => ofOrigin(route) && matches(route)),
      grants: view.table.grants.filter(({ route }) => (grantsToo || ofOrigin(route)) && matches(route)),
    },
  };
}

function routeText(route: Route, slug: string): string {
  const { host, methods, pathAllowlist, auth } = route;
  return [slug, host, methods?.join(" ") ?? "any", pathAllowlist.join(" "), auth?.tokenRef ?? "", auth?.scheme ?? "", originWords(route)]
    .join(" ")
    .toLowerCase();
}
