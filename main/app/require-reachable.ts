import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Services } from "./services.ts";

/** Refuses what only living sidecars can answer, with why they do not live. */
export async function requireReachable(services: Services, slug: Slug): Promise<void> {
  const bottle = await services.require(slug);
  if (bottle.reachable) return;
  throw new OperatorError("bundle-unreachable", {
    message: `${slug} is ${bottle.state}, so its sidecars cannot be asked`,
    ...(bottle.problem === null ? {} : { hint: bottle.problem }),
  });
}
