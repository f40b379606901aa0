import { liveTable } from "../../app/handlers.ts";
import { tableAsYaml } from "../../proposals/route-yaml.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { inert } from "../inert.ts";
import { formatTable } from "../table.ts";

export async function routes(command: Command, slug: string, options: { readonly yaml?: boolean } = {}): Promise<number> {
  const { services } = await command.product();
  const table = await liveTable(services, parseSlug(slug));
  const shown = table.routes.map(({ host, methods, pathAllowlist, auth, origin }) => ({
    host,
    methods,
    pathAllowlist,
    authScheme: auth?.scheme ?? null,
    origin: origin.kind,
  }));
  const grants = table.grants.map(({ id, route, limit, by, grantedAt }) => ({
    id,
    host: route.host,
    methods: route.methods,
    pathAllowlist: route.pathAllowlist,
    limit,
    by,
    grantedAt,
  }));
  command.output.result({ revision: table.revision, routes: shown, grants }, () => {
    if (options.yaml === true) return tableAsYaml(table);
    const rows = shown.map((route) => [
      route.host,
      route.methods?.join(",") ?? "any",
      route.pathAllowlist.join(" ") || "any",
      route.authScheme ?? "none",
      route.origin,
    ]);
    const granted = grants.map(({ id, host, methods, pathAllowlist, limit }) => [
      id,
      host,
      methods?.join(",") ?? "any",
      pathAllowlist.join(" ") || "any",
      leftOf(limit),
    ]);
    return [
      `revision ${table.revision}`,
      formatTable(["HOST", "METHODS", "PATHS", "AUTH", "FROM"], rows),
      ...(granted.length === 0 ? [] : ["", formatTable(["GRANT", "HOST", "METHODS", "PATHS", "LEFT"], granted)]),
    ].join("\n");
  });
  return 0;
}

function leftOf(limit: Awaited<ReturnType<typeof liveTable>>["grants"][number]["limit"]): string {
  switch (limit.kind) {
    case "life":
      return "until the bottle ends";
    case "until":
      return inert(`until ${limit.at}`);
    case "requests":
      return `${limit.left} of ${limit.granted} requests`;
  }
}
