import type { Command as Commander } from "commander";
import type { RunCommand } from "./run-command.ts";
import { JSON_OPTION } from "./run-command.ts";

/** `bot-bottle audit …` (SUP-7, CLI-1). */
export function addAuditCommands(program: Commander, run: RunCommand): void {
  const audit = program.command("audit").description("the record of what was decided");
  const load = () => import("./commands/audit.ts");
  audit
    .command("list [slug]")
    .description("show the audit log, newest last")
    .option("--search <words>", "only entries that hold all of these words")
    .option(...JSON_OPTION)
    .action((slug, options) => run(options.json === true, async (command) => (await load()).listAudit(command, slug, options)));
  audit
    .command("verify [slug]")
    .description("name every entry that was changed, dropped or put in another order")
    .option(...JSON_OPTION)
    .action((slug, options) => run(options.json === true, async (command) => (await load()).verifyAudit(command, slug)));
  audit
    .command("export [slug]")
    .description("write the log to a new file")
    .option("--csv", "as a table instead of JSON lines")
    .option(...JSON_OPTION)
    .action((slug, options) => run(options.json === true, async (command) => (await load()).exportAudit(command, slug, options)));
}
