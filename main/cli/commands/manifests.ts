import { resolve } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { EffectiveValue } from "#common/ipc/manifest-methods.ts";
import type { ManifestSet } from "../../manifests/manifest-set.ts";
import { manifestsJson } from "../../manifests/projections.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { formatProblem } from "../format-problem.ts";
import { inert } from "../inert.ts";
import { formatTable } from "../table.ts";

interface WorkspaceOption {
  readonly workspace?: string;
}

/** What can be started, and what is wrong beside it. Errors end the command with a failure, for scripts that check manifests. */
export async function manifests(command: Command, options: WorkspaceOption): Promise<number> {
  const product = await command.product();
  const set = await product.loadManifests(workspaceOf(command, options));
  const found = manifestsJson(set);
  command.output.result(found, () => [agentTable(set), ...[...found.warnings, ...found.errors].map(formatProblem)].join("\n"));
  return command.output.json || found.errors.length === 0 ? EXIT.ok : EXIT.manifestInvalid;
}

function agentTable({ agents, bottles }: ManifestSet): string {
  const settings = new Map(bottles.map((bottle) => [bottle.name, bottle.settings]));
  const rows = agents.map(({ name, bottle, source }) => {
    const { agent_provider, egress } = settings.get(bottle) ?? {};
    return [name, bottle, agent_provider?.template ?? "", String(egress?.routes?.length ?? 0), source];
  });
  return formatTable(["AGENT", "BOTTLE", "PROVIDER", "ROUTES", "FROM"], rows);
}

/** Every effective value of an agent or a bottle, with the file and line it comes from (MAN-7). */
export async function showManifest(command: Command, name: string, options: WorkspaceOption & { readonly kind?: string }): Promise<number> {
  const { manifestDesk } = await command.product();
  const workspace = workspaceOf(command, options);
  const { files } = await manifestDesk.files(workspace);
  const wanted = files.filter((file) => file.name === name && !file.overridden && (options.kind ?? file.kind) === file.kind);
  // An agent says more than its bottle of the same name: it shows both.
  const file = wanted.find(({ kind }) => kind === "agent") ?? wanted[0];
  if (file === undefined) {
    throw new OperatorError("not-found", {
      message: `There is no agent or bottle ${name}`,
      hint: "See which there are with `bot-bottle manifests`",
    });
  }
  const effective = await manifestDesk.effective(file);
  const { kind, problems } = file;
  command.output.result({ kind, name, file: file.file, effective, problems }, () =>
    [`${kind} ${name}`, ...(effective.length === 0 ? [] : [formatEffective(effective)]), ...problems.map(formatProblem)].join("\n"),
  );
  return effective.length > 0 ? EXIT.ok : EXIT.manifestInvalid;
}

function formatEffective(values: readonly EffectiveValue[]): string {
  return formatTable(
    ["VALUE OF", "IS", "FROM"],
    values.map(({ path, value, from }) => [inert(path.join(".")), inert(value), inert(formatOrigin(from))]),
  );
}

function formatOrigin(from: EffectiveValue["from"]): string {
  if (from.kind === "file") return `${from.file}:${from.line}`;
  return from.kind === "default" ? "default" : `provider ${from.provider}`;
}

/** The folder as the operator named it. */
function workspaceOf({ cwd }: Command, { workspace }: WorkspaceOption): string | null {
  return workspace === undefined ? null : resolve(cwd, workspace);
}
