import type { Command as Commander } from "commander";
import type { RunCommand } from "./run-command.ts";
import { JSON_OPTION } from "./run-command.ts";

/** What agents ask for, and what is decided of it without asking. */
export function addProposalCommands(program: Commander, run: RunCommand): void {
  const proposals = program.command("proposals").description("what agents ask for, over all bottles");
  addReading(proposals, run);
  addApproval(proposals, run);
  addPuttingOff(proposals, run);
  addRules(program, run);
}

function addReading(proposals: Commander, run: RunCommand): void {
  const load = () => import("./commands/proposals.ts");
  proposals
    .command("list", { isDefault: true })
    .description("list proposals, those that wait first")
    .option("--bottle <slug>", "of this bottle alone")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await load()).listProposals(command, options)));
  proposals
    .command("show <id>")
    .description("show what a proposal would change, and what was decided of such before")
    .option(...JSON_OPTION)
    .action((id, options) => run(options.json === true, async (command) => (await load()).showProposal(command, id)));
}

function addApproval(proposals: Commander, run: RunCommand): void {
  proposals
    .command("approve <id>")
    .description("approve as asked, or as edited here; without a span until the bottle ends")
    .option("--note <text>", "for the agent and the audit log")
    .option("--for <time>", "for so long, e.g. 30m, 2h or 1d (routes alone)")
    .option("--requests <count>", "for so many requests (routes alone)")
    .option("--for-good", "also after the bottle is resumed")
    .option("--write-back", "for good, and written to the bottle's manifest as well")
    .option("-y, --yes", "write to the manifest without asking")
    .option("--host <host>", "this host instead")
    .option("--path <prefix...>", "these path prefixes instead")
    .option("--method <method...>", "these methods instead")
    .option("--finding <rule...>", "let these content rules pass instead")
    .option("--address <network...>", "these private addresses instead")
    .option("--dockerfile <file>", "this Dockerfile instead; - reads it from stdin")
    .option(...JSON_OPTION)
    .action((id, options) =>
      run(options.json === true, async (command) => (await import("./commands/approve.ts")).approveProposal(command, id, options)),
    );
}

function addPuttingOff(proposals: Commander, run: RunCommand): void {
  const load = () => import("./commands/proposals.ts");
  proposals
    .command("reject [ids...]")
    .description("reject; the agent gets to read the note")
    .option("--note <text>", "for the agent and the audit log")
    .option("--all", "everything that waits")
    .option("--bottle <slug>", "with --all: of this bottle alone")
    .option("-y, --yes", "with --all: without asking")
    .option(...JSON_OPTION)
    .action((ids, options) => run(options.json === true, async (command) => (await load()).rejectProposals(command, ids, options)));
  proposals
    .command("snooze <ids...>")
    .description("put proposals out of the way for a while; the agent waits on")
    .option("--for <time>", "for so long, e.g. 30m, 2h or 1d", "1h")
    .option("--wake", "back into the inbox now")
    .option(...JSON_OPTION)
    .action((ids, options) => run(options.json === true, async (command) => (await load()).snoozeProposals(command, ids, options)));
}

function addRules(program: Commander, run: RunCommand): void {
  const rules = program.command("rules").description("rules that decide proposals for you while the panel runs; none until you make one");
  const load = () => import("./commands/rules.ts");
  rules
    .command("list", { isDefault: true })
    .description("list the rules in the order in which they are tried")
    .option(...JSON_OPTION)
    .action((options) => run(options.json === true, async (command) => (await load()).listRules(command)));
  rules
    .command("add <name>")
    .description("add a rule after the others; an approval names one bottle, its hosts and its methods")
    .option("--reject", "reject what matches")
    .option("--approve", "approve requests for routes that match, without a credential")
    .option("--bottle <name>", "proposals of bottles that were started from this manifest")
    .option("--host <host...>", "a host, or *.example.org for every name below it")
    .option("--method <method...>", "with --approve: these methods and no other")
    .option("--tool <tool...>", "with --reject: these tools, e.g. capability-block")
    .option("--for <time>", "with --approve: for so long; without a span until the bottle ends")
    .option("--requests <count>", "with --approve: for so many requests")
    .option("--for-good", "with --approve: also after the bottle is resumed")
    .option("--note <text>", "what the agent is answered", "")
    .option(...JSON_OPTION)
    .action((name, options) => run(options.json === true, async (command) => (await load()).addRule(command, name, options)));
  const change = (verb: "remove" | "enable" | "disable", description: string) =>
    rules
      .command(`${verb} <name>`)
      .description(description)
      .option(...JSON_OPTION)
      .action((name, options) => run(options.json === true, async (command) => (await load()).changeRule(command, verb, name)));
  change("remove", "remove a rule");
  change("enable", "let a rule decide again");
  change("disable", "keep a rule, and let it decide nothing");
}
