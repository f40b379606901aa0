import { z } from "zod";
import type { Slug } from "#common/domain/names.ts";
import { TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Route } from "#common/domain/route.ts";
import type { OperatorRoute } from "#common/ipc/proposal-methods.ts";
import { Auth, ManifestRoute } from "#common/manifest/route-schema.ts";
import { parseYamlMapping } from "#common/manifest/yaml-mapping.ts";
import type { Effect } from "./effect.ts";
import type { RouteEdit } from "./route-desk.ts";
import { asManifest } from "./route-yaml.ts";

/** What is shown of a table, as it comes back: of a grant only its name says something. */
const ShownAuth = Auth.extend({ token_ref: TokenRef, inject: z.enum(["always", "replace"]).optional() });
const ShownTable = z.strictObject({
  routes: z.array(ManifestRoute.extend({ auth: ShownAuth.optional() })).max(2000),
  grants: z.array(z.looseObject({ granted: z.string() })).optional(),
});
type ShownRoute = z.infer<typeof ShownTable>["routes"][number];

/** An edit from YAML as a table is shown. Grants that are left out end; without the word `grants` they stay as they are. */
export function editFromYaml(slug: Slug, yaml: string, live: Effect): RouteEdit {
  const mapping = parseYamlMapping(yaml, 1);
  if (!mapping.ok) throw unreadable(mapping.problems[0]?.message ?? "it is no YAML");
  const parsed = ShownTable.safeParse(mapping.value.value);
  if (!parsed.success) throw unreadable(parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; "));
  const { routes, grants } = parsed.data;
  const named = grants?.map(({ granted }) => granted);
  const unknown = named?.find((id) => !live.grants.some((grant) => grant.id === id));
  if (unknown !== undefined) throw unreadable(`there is no grant ${JSON.stringify(unknown)}; grants are made by approving proposals`);
  return {
    slug,
    routes: routes.map((route) => operatorRoute(route, live.routes.find(({ host }) => host === route.host) ?? null)),
    keptGrants: named ?? live.grants.map(({ id }) => id),
  };
}

function operatorRoute(route: ShownRoute, old: Route | null): OperatorRoute {
  const strip = old === null ? undefined : asManifest(old).strip;
  if (route.strip !== undefined && JSON.stringify(route.strip) !== JSON.stringify(strip)) {
    throw unreadable(`strip of ${route.host} can be changed in the manifest alone`);
  }
  return {
    host: route.host,
    methods: route.methods ?? null,
    pathAllowlist: route.path_allowlist ?? [],
    auth: route.auth === undefined ? null : { scheme: route.auth.scheme, tokenRef: route.auth.token_ref },
    websocket: route.websocket ?? false,
    pipelock: {
      tlsPassthrough: route.pipelock?.tls_passthrough ?? false,
      ssrfIpAllowlist: route.pipelock?.ssrf_ip_allowlist ?? [],
      allowFindings: route.pipelock?.allow_findings ?? [],
    },
  };
}

function unreadable(reason: string): OperatorError {
  return new OperatorError("bad-input", {
    message: `These are no routes: ${reason}`,
    hint: "Begin with what `bot-bottle routes SLUG --yaml` shows",
  });
}
