import type { Services } from "../app/services.ts";
import type { Command } from "./context.ts";
import { inert } from "./inert.ts";

const ENGINE_MS = 15_000;
const BUNDLE_MS = 5_000;

/** Opens the link to every bottle that has a bundle; one that does not answer leaves what it holds out, and is named. */
export async function connectReachable(command: Command): Promise<Services> {
  const { services } = await command.product();
  const bottles = await services.observe(AbortSignal.timeout(ENGINE_MS));
  const reachable = bottles.filter((bottle) => bottle.reachable);
  await Promise.all(
    reachable.map(({ slug }) =>
      services.links
        .get(slug)
        .connected(BUNDLE_MS)
        .catch((error: Error) => command.output.say(`! ${inert(error.message)}`)),
    ),
  );
  return services;
}
