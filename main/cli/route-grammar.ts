import type { Command as Commander } from "commander";
import type { RunCommand } from "./run-command.ts";
import { JSON_OPTION } from "./run-command.ts";

/** What a bottle may reach now, and the operator's own edits of it (SUP-6). */
export function addRouteCommands(program: Commander, run: RunCommand): void {
  const load = () => import("./commands/routes.ts");
  const edits = () => import("./commands/edit-routes.ts");
  const routes = program
    .command("routes <slug>")
    .description("show what a bottle may reach now")
    .option("--yaml", "as `routes set` takes it")
    .option(...JSON_OPTION)
    .action((slug, options) => run(options.json === true, async (command) => (await load()).routes(command, slug, options)));
  routes
    .command("set <slug>")
    .description("put other routes in the place of those there are, at once; what is left out is closed")
    .requiredOption("--file <file>", "YAML as `routes --yaml` shows it; - reads it from stdin")
    .option("--note <text>", "for the audit log")
    .option("-y, --yes", "without asking")
    .option(...JSON_OPTION)
    .action((slug, options) => run(options.json === true, async (command) => (await edits()).setRoutes(command, slug, options)));
  routes
    .command("revoke <slug> <grant>")
    .description("end a grant before its time")
    .option("--note <text>", "for the audit log")
    .option(...JSON_OPTION)
    .action((slug, grant, options) =>
      run(options.json === true, async (command) => (await edits()).revokeGrant(command, slug, grant, options)),
    );
}
