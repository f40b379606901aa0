import type { CommanderError } from "commander";
import { Command as Commander } from "commander";
import { addAuditCommands } from "./audit-program.ts";
import { addEgressCommands } from "./egress-grammar.ts";
import { EXIT, EXIT_CODE_HELP } from "./exit-codes.ts";
import { addProposalCommands } from "./proposal-grammar.ts";
import { addRouteCommands } from "./route-grammar.ts";
import type { RunCommand } from "./run-command.ts";
import { JSON_OPTION } from "./run-command.ts";

export interface ProgramOptions {
  readonly version: string;
  readonly run: RunCommand;
  write(text: string): void;
  writeError(text: string): void;
}

/** The command line's grammar, and nothing else. */
export function createProgram(options: ProgramOptions): Commander {
  const { run } = options;
  const program = new Commander("bot-bottle")
    .description("Runs coding agents in bottles whose only way out is policed.")
    .version(options.version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: options.write, writeErr: options.writeError })
    .addHelpText("after", EXIT_CODE_HELP);
  addBottleCommands(program, run);
  addWorkspaceCommands(program, run);
  addManifestCommands(program, run);
  addRouteCommands(program, run);
  addEgressCommands(program, run);
  addProposalCommands(program, run);
  addAuditCommands(program, run);
  addPushCommands(program, run);
  addSecretCommands(program, run);
  addMachineCommands(program, run);
  return program;
}

function addBottleCommands(program: Commander, run: RunCommand): void {
  program
    .command("start <agent>")
    .description("start an agent in a bottle of its own, then attach")
    .option("--bottle <name>", "in this bottle instead of the agent's own")
    .option("--workspace <dir>", "copy this folder into the bottle")
    .option("--no-copy", "only use the agents that the folder defines")
    .option("--detach", "do not attach once it runs")
    .option("-y, --yes", "start without asking")
    .option(...JSON_OPTION)
    .action((agent, options) =>
      run(options.json === true, async (command) => (await import("./commands/start.ts")).start(command, agent, options)),
    );
  program
    .command("list")
    .alias("ls")
    .description("list bottles")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await import("./commands/list.ts")).list(command)));
  program
    .command("attach <slug>")
    .description("show the agent's own terminal")
    .action((slug) => run(false, async (command) => (await import("./commands/attach.ts")).attach(command, slug)));
  program
    .command("exec <slug> <command...>")
    .usage("<slug> -- <command...>")
    .description("run a command in the bottle as the agent's user")
    .passThroughOptions()
    .action((slug, argv) => run(false, async (command) => (await import("./commands/exec.ts")).exec(command, slug, argv)));
  program
    .command("stop <slug>")
    .description("stop a bottle and remove it from the engine")
    .option(...JSON_OPTION)
    .action((slug, options) => run(options.json === true, async (command) => (await import("./commands/stop.ts")).stop(command, slug)));
  program
    .command("cleanup")
    .description("remove what belongs to no bottle any more")
    .option("-y, --yes", "remove without asking")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await import("./commands/cleanup.ts")).cleanup(command, options)));
}

function addWorkspaceCommands(program: Commander, run: RunCommand): void {
  const load = () => import("./commands/workspace.ts");
  program
    .command("changes <slug>")
    .description("show what the agent changed in its copy of your folder")
    .option("--patch", "as a patch in git's format")
    .option(...JSON_OPTION)
    .action((slug, options) => run(options.json === true, async (command) => (await load()).changes(command, slug, options)));
  program
    .command("bring-back <slug> [paths...]")
    .description("write changes to your folder: those named, or all that replace nothing of yours")
    .option("--digest <digest>", "only if they are still those of this review")
    .option("--overwrite <path...>", "also where your own file changed")
    .option("-y, --yes", "without asking")
    .option(...JSON_OPTION)
    .action((slug, paths, options) =>
      run(options.json === true, async (command) => (await load()).bringBack(command, slug, paths, options)),
    );
}

function addManifestCommands(program: Commander, run: RunCommand): void {
  const load = () => import("./commands/manifests.ts");
  const files = () => import("./commands/manifest-files.ts");
  const manifests = program
    .command("manifests")
    .description("list agents and bottles, and what is wrong with their files")
    .option("--workspace <dir>", "with the agents of this folder")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await load()).manifests(command, options)));
  manifests
    .command("show <name>")
    .description("show every effective value of an agent or a bottle, and which file it comes from")
    .option("--kind <kind>", "bottle or agent, where both have that name")
    .option("--workspace <dir>", "with the agents of this folder")
    .option(...JSON_OPTION)
    .action((name, options) => run(options.json === true, async (command) => (await load()).showManifest(command, name, options)));
  manifests
    .command("check <file>")
    .description("check a file as if it were in its place")
    .option("--kind <kind>", "bottle or agent, where the file is in no such folder")
    .option(...JSON_OPTION)
    .action((file, options) => run(options.json === true, async (command) => (await files()).checkManifest(command, file, options)));
  manifests
    .command("new <kind> <name>")
    .description("make a bottle or an agent from a template")
    .option("--template <template>", "which one; a wrong name lists them")
    .option(...JSON_OPTION)
    .action((kind, name, options) =>
      run(options.json === true, async (command) => (await files()).newManifest(command, kind, name, options)),
    );
  manifests
    .command("schema <kind>")
    .description("print the JSON Schema of a bottle, an agent or a provider, for editors")
    .option(...JSON_OPTION)
    .action((kind, options) => run(options.json === true, async (command) => (await files()).printSchema(command, kind)));
}

function addPushCommands(program: Commander, run: RunCommand): void {
  const pushes = program.command("pushes").description("what agents push, and what of it waits for you");
  const load = () => import("./commands/pushes.ts");
  pushes
    .command("list", { isDefault: true })
    .description("list held pushes, those that wait first, and refused ones")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await load()).listPushes(command)));
  pushes
    .command("show <id>")
    .description("show what forwarding a held push would do")
    .option(...JSON_OPTION)
    .action((id, options) => run(options.json === true, async (command) => (await load()).showPush(command, id)));
  pushes
    .command("forward <id>")
    .description("send a held push on to its upstream, exactly as it was scanned")
    .option("--allow <fingerprint...>", "let these findings pass, this once")
    .option("--allow-all", "let every finding of this push pass, this once")
    .option("--note <text>", "for the agent and the audit log")
    .option(...JSON_OPTION)
    .action((id, options) => run(options.json === true, async (command) => (await load()).forwardPush(command, id, options)));
  pushes
    .command("refuse <id>")
    .description("refuse a held push; the agent gets to read the note")
    .requiredOption("--note <text>", "why, for the agent and the audit log")
    .option(...JSON_OPTION)
    .action((id, options) => run(options.json === true, async (command) => (await load()).refusePush(command, id, options)));
  pushes
    .command("dismiss <id...>")
    .description("put refused pushes away")
    .option(...JSON_OPTION)
    .action((ids, options) => run(options.json === true, async (command) => (await load()).dismissPushes(command, ids)));
  pushes
    .command("repos <slug>")
    .description("show the repositories of a bottle")
    .option(...JSON_OPTION)
    .action((slug, options) => run(options.json === true, async (command) => (await load()).listRepos(command, slug)));
  pushes
    .command("refresh <slug> <repo>")
    .description("fetch a repository from its upstream now")
    .option(...JSON_OPTION)
    .action((slug, repo, options) => run(options.json === true, async (command) => (await load()).refreshRepo(command, slug, repo)));
}

function addSecretCommands(program: Commander, run: RunCommand): void {
  const secrets = program.command("secrets").description("the encrypted store of secrets; no command ever prints a value");
  const load = () => import("./commands/secrets.ts");
  secrets
    .command("list")
    .description("list names: where each value comes from, who names it, when it was last used")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await load()).listSecrets(command)));
  secrets
    .command("set <name>")
    .description("store a value, typed in hidden, from stdin or from a file; running bottles that use it get it at once")
    .option("--from-file <file>", "the value is this file's content, for example a private key")
    .option(...JSON_OPTION)
    .action((name, options) => run(options.json === true, async (command) => (await load()).setSecret(command, name, options)));
  secrets
    .command("remove <name>")
    .description("remove a stored value; running bottles that use it lose it")
    .option("-y, --yes", "remove without asking")
    .option(...JSON_OPTION)
    .action((name, options) => run(options.json === true, async (command) => (await load()).removeSecret(command, name, options)));
  secrets
    .command("create")
    .description("make the store: its key is kept by the desktop's keyring where there is one, else by a passphrase")
    .option("--passphrase", "by a passphrase also where there is a keyring")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await load()).createStore(command, options)));
  secrets
    .command("unlock-check")
    .description("see whether the store opens here")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await load()).checkUnlock(command)));
  secrets
    .command("passphrase")
    .description("the store's passphrase")
    .command("change")
    .description("set another passphrase, or a first one beside the keyring")
    .option("--from-file <file>", "the new one is this file's first line")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await load()).changePassphrase(command, options)));
}

function addMachineCommands(program: Commander, run: RunCommand): void {
  program
    .command("doctor")
    .description("check this machine")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await import("./commands/doctor.ts")).doctor(command)));
  program
    .command("images")
    .description("build the images ahead of the first start")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await import("./commands/images.ts")).images(command)));
  program
    .command("demo")
    .description("run the whole job once, with proofs, and leave nothing behind")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await import("./commands/demo.ts")).demo(command)));
}

/** Help and version are no failures; every other complaint of the grammar is wrong usage. */
export function usageExitCode(error: CommanderError): number {
  return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}
