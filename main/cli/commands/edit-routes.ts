import { OperatorError } from "#common/domain/operator-error.ts";
import { requireReachable } from "../../app/require-reachable.ts";
import { editFromYaml } from "../../proposals/edit-from-yaml.ts";
import { confirm } from "../confirm.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { describeDiff } from "../describe-proposal.ts";
import { EXIT } from "../exit-codes.ts";
import { inert } from "../inert.ts";
import { readInput } from "../read-input.ts";

export interface SetRoutesOptions {
  readonly file: string;
  readonly note?: string;
  readonly yes?: boolean;
}

/** Operator edit (SUP-6): the diff first, then the operator's word, then live. */
export async function setRoutes(command: Command, text: string, options: SetRoutesOptions): Promise<number> {
  const slug = parseSlug(text);
  const { services } = await command.product();
  const yaml = await readInput(command, options.file);
  await requireReachable(services, slug);
  const edit = editFromYaml(slug, yaml, await services.routes.live(slug));
  const view = await services.routes.preview(edit);
  const [problem] = view.problems;
  if (problem !== undefined) throw new OperatorError("bad-input", { message: `Route ${problem.index + 1}: ${problem.problem}` });
  command.output.say(
    [
      inert(view.sentence),
      ...view.warnings.map((warning) => `  ! ${inert(warning)}`),
      describeDiff("routes", view.before, view.after, `revision ${view.liveRevision}`),
    ].join("\n"),
  );
  if (options.yes !== true && !(await confirm(command, `Make these the routes of ${slug}?`))) return EXIT.cancelled;
  const table = await services.routes.set(edit, view.liveRevision, options.note ?? "");
  command.output.result({ slug, revision: table.revision }, () => `${slug}: live as revision ${table.revision}`);
  return EXIT.ok;
}

export async function revokeGrant(command: Command, text: string, grant: string, options: { readonly note?: string }): Promise<number> {
  const slug = parseSlug(text);
  const { services } = await command.product();
  await requireReachable(services, slug);
  const table = await services.routes.revoke(slug, grant, options.note ?? "");
  command.output.result({ slug, grant, revision: table.revision }, () => `${inert(grant)} is over; live as revision ${table.revision}`);
  return EXIT.ok;
}
