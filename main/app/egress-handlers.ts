import { userInfo } from "node:os";
import { buildId } from "#common/build-id.ts";
import type { Slug } from "#common/domain/names.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { CredentialCuts } from "#common/wire/control.ts";
import { credentialActivity } from "../egress/credential-activity.ts";
import { exportHar } from "../egress/export-har.ts";
import { searchDecisions } from "../egress/search-decisions.ts";
import { decisionsOf } from "../egress/traffic.ts";
import { trafficSeries } from "../egress/traffic-series.ts";
import { usageToday } from "../egress/usage-today.ts";
import { whatIf } from "../egress/what-if.ts";
import type { AppHandlers } from "../ipc/handlers.ts";
import { requireReachable } from "./require-reachable.ts";
import type { Services } from "./services.ts";

const CONNECT_MS = 10_000;
const NO_TABLE: RouteTable = { revision: 0, routes: [], grants: [] };
const NO_CUTS: CredentialCuts = { all: false, refs: [] };

type EgressMethods = Extract<keyof AppHandlers, `decisions.${string}` | `traffic.${string}` | `credentials.${string}` | `usage.${string}`>;

/** What happened at a bottle's egress and what it cost, all from one record; and the switch that cuts credentials off (EGR-7). */
export function egressHandlers(services: Services): Pick<AppHandlers, EgressMethods> {
  const { archive, history, links, registry } = services;
  const { clock, home } = services.deps;
  const known = async (slug: Slug) => {
    await links.peek(slug)?.kept();
    return history.of(slug);
  };
  return {
    "decisions.recent": async ({ slug, limit }) => {
      await links.peek(slug)?.kept();
      return decisionsOf(await archive.newest(slug, "egress-decision", limit)).slice(-limit);
    },
    "decisions.search": async ({ slug, ...query }) => searchDecisions(await known(slug), query),
    "decisions.what-if": async ({ slug, ...route }) => whatIf(await known(slug), route),
    "decisions.export": async ({ slug }) => exportHar(await known(slug), { home, slug, version: buildId, now: clock.now() }),
    "traffic.series": async ({ slug, minutes }) => trafficSeries(await known(slug), minutes, clock.now().getTime()),
    "credentials.activity": async ({ slug }) => {
      const { table = NO_TABLE, cuts = NO_CUTS } = links.peek(slug)?.view ?? {};
      return { cuts, credentials: credentialActivity(await known(slug), table, cuts) };
    },
    "credentials.cut": async ({ slug, cuts }) => {
      await requireReachable(services, slug);
      const client = await links.get(slug).connected(CONNECT_MS);
      await client.request({ type: "set-cuts", cuts: { all: cuts.all, refs: [...new Set(cuts.refs)] }, by: userInfo().username });
      return {};
    },
    "usage.today": async ({ slug }) => {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const budget = (await registry.read(slug))?.budget ?? null;
      return usageToday(await known(slug), { now: clock.now(), timeZone, budget });
    },
  };
}
