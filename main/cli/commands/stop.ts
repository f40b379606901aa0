import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";

export async function stop(command: Command, slug: string): Promise<number> {
  const { services } = await command.product();
  const report = await services.stopper.stop(parseSlug(slug));
  const removed = report.removed.map(({ kind, name }) => ({ kind, name }));
  command.output.result({ slug, removed }, () => [`${slug} stopped`, ...removed.map(({ kind, name }) => `  - ${kind} ${name}`)].join("\n"));
  return 0;
}
