import { resolve } from "node:path";
import { manifestsJson } from "../../manifests/projections.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { inert } from "../inert.ts";
import { formatTable } from "../table.ts";

/** What can be started, and what is wrong beside it. Errors end the command with a failure, for scripts that check manifests. */
export async function manifests(command: Command, options: { readonly workspace?: string }): Promise<number> {
  const product = await command.product();
  const set = await product.loadManifests(options.workspace === undefined ? null : resolve(command.cwd, options.workspace));
  const found = manifestsJson(set);
  command.output.result(found, () =>
    [
      formatTable(
        ["AGENT", "BOTTLE", "PROVIDER", "ROUTES", "FROM"],
        set.agents.map((agent) => {
          const settings = set.bottles.find(({ name }) => name === agent.bottle)?.settings;
          return [
            agent.name,
            agent.bottle,
            settings?.agent_provider.template ?? "",
            String(settings?.egress?.routes?.length ?? 0),
            agent.source,
          ];
        }),
      ),
      ...found.warnings.map(({ file, line, message }) => `! ${inert(`${file}:${line}: ${message}`)}`),
      ...found.errors.map(({ file, line, message }) => `✗ ${inert(`${file}:${line}: ${message}`)}`),
    ].join("\n"),
  );
  return command.output.json || found.errors.length === 0 ? EXIT.ok : EXIT.manifestInvalid;
}
