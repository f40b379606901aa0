import { requireComplete } from "../../bottles/stop.ts";
import { confirm } from "../confirm.ts";
import type { Command } from "../context.ts";

const ENGINE_MS = 30_000;

/** Shows what belongs to no bottle any more, then removes it. */
export async function cleanup(command: Command, options: { readonly yes?: boolean }): Promise<number> {
  const { services } = await command.product();
  const plan = await services.planCleanup(AbortSignal.timeout(ENGINE_MS));
  const listed = plan.remnants.map(({ slug, kind, name }) => ({ slug, kind, name }));
  if (listed.length === 0) {
    command.output.result({ removed: [], failed: [] }, () => "Nothing to clean up.");
    return 0;
  }
  command.output.say(listed.map(({ slug, kind, name }) => `  - ${slug}  ${kind} ${name}`).join("\n"));
  if (options.yes !== true && !(await confirm(command, `Remove these ${listed.length}?`))) return 0;
  const report = await services.applyCleanup(plan);
  requireComplete(null, report);
  command.output.result(
    { removed: report.removed.map(({ slug, kind, name }) => ({ slug, kind, name })), failed: [] },
    () => `${report.removed.length} removed.`,
  );
  return 0;
}
