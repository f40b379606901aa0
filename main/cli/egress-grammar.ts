import type { Command as Commander } from "commander";
import type { ProgramOptions } from "./program.ts";

const JSON_OPTION = ["--json", "machine-readable output on stdout"] as const;

/** What happened at a bottle's egress, what it cost, and the switch that cuts credentials off (EGR-7). */
export function addEgressCommands(program: Commander, run: ProgramOptions["run"]): void {
  addRecordCommands(program, run);
  const load = () => import("./commands/credentials.ts");
  program
    .command("credentials <slug>")
    .description("show which credential of a bottle was used where and when; never a value")
    .option(...JSON_OPTION)
    .action((slug, options) => run(options.json === true, async (command) => (await load()).credentials(command, slug)));
  program
    .command("cut <slug> [refs...]")
    .description("cut credentials off at once: no request of the bottle gets them until they are restored")
    .option("--all", "every credential of the bottle")
    .option(...JSON_OPTION)
    .action((slug, refs, options) => run(options.json === true, async (command) => (await load()).cut(command, slug, refs, options)));
  program
    .command("restore <slug> [refs...]")
    .description("let credentials back in that were cut off")
    .option("--all", "every credential of the bottle")
    .option(...JSON_OPTION)
    .action((slug, refs, options) => run(options.json === true, async (command) => (await load()).restore(command, slug, refs, options)));
}

function addRecordCommands(program: Commander, run: ProgramOptions["run"]): void {
  program
    .command("decisions <slug>")
    .description("show what a bottle asked for and what became of it")
    .option("-f, --follow", "go on as it happens")
    .option("--search <words>", "only what holds all of these words, newest first")
    .option("--verdict <verdict>", "only allowed, refused or failed ones, newest first")
    .option("--limit <count>", "as many of those at most; 100 where not given")
    .option("--export", "all of them to a file, as an HTTP Archive without secrets")
    .option(...JSON_OPTION)
    .action((slug, options) =>
      run(options.json === true, async (command) => (await import("./commands/decisions.ts")).decisions(command, slug, options)),
    );
  program
    .command("usage <slug>")
    .description("show the tokens and the cost of a bottle's model calls today")
    .option(...JSON_OPTION)
    .action((slug, options) => run(options.json === true, async (command) => (await import("./commands/usage.ts")).usage(command, slug)));
}
