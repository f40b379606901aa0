import type { Command } from "../context.ts";
import { inert } from "../inert.ts";

/** Builds what bottles run in ahead of the first start. */
export async function images(command: Command): Promise<number> {
  const { backend, images: describe } = await command.product();
  const wanted = await describe();
  const say = (text: string) => command.output.say(`  … ${inert(text)}`);
  await backend.buildImages(Object.values(wanted), { detail: say }, command.signal);
  const built = Object.entries(wanted).map(([name, { ref }]) => ({ name, ref }));
  command.output.result({ images: built }, () => built.map(({ name, ref }) => `✓ ${name}  ${ref}`).join("\n"));
  return 0;
}
