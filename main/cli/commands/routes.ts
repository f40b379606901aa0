import { liveTable } from "../../app/handlers.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { formatTable } from "../table.ts";

export async function routes(command: Command, slug: string): Promise<number> {
  const { services } = await command.product();
  const table = await liveTable(services, parseSlug(slug));
  const shown = table.routes.map(({ host, methods, pathAllowlist, auth, origin }) => ({
    host,
    methods,
    pathAllowlist,
    authScheme: auth?.scheme ?? null,
    origin: origin.kind,
  }));
  command.output.result({ revision: table.revision, routes: shown }, () => {
    const rows = shown.map((route) => [
      route.host,
      route.methods?.join(",") ?? "any",
      route.pathAllowlist.join(" ") || "any",
      route.authScheme ?? "none",
      route.origin,
    ]);
    return `revision ${table.revision}\n${formatTable(["HOST", "METHODS", "PATHS", "AUTH", "FROM"], rows)}`;
  });
  return 0;
}
