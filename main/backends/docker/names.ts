import type { Slug } from "#common/domain/names.ts";

/** Labels by which everything that belongs to a bottle is found again, whoever made it (D12). */
export const SLUG_LABEL = "bot-bottle.slug";
export const ROLE_LABEL = "bot-bottle.role";
export const RUNTIME_LABEL = "bot-bottle.runtime";
export const CREATED_LABEL = "bot-bottle.created";
/** On an agent's container: names of the variables that it was given, apart from those of its image. */
export const VARIABLES_LABEL = "bot-bottle.variables";
/** On images: the ref they were built as. */
export const IMAGE_LABEL = "bot-bottle.image";
/** On build stages that no image keeps, so that their layers can be found and removed. */
export const STAGE_LABEL = "bot-bottle.stage";

/** On an agent's container that took the place of another: the image that the bottle was started on, and the SHA-256 of its Dockerfile. */
export const BASE_IMAGE_LABEL = "bot-bottle.base-image";
export const DOCKERFILE_LABEL = "bot-bottle.dockerfile";

export interface ObjectNames {
  readonly agent: string;
  /** While an agent is replaced: the container that is to be it, and the one that was. Names tell how far it got. */
  readonly nextAgent: string;
  readonly previousAgent: string;
  readonly bundle: string;
  readonly internalNetwork: string;
  readonly egressNetwork: string;
  readonly stateVolume: string;
}

/** Names of one bottle's objects on the engine (BKD-2). */
export function objectNames(slug: Slug): ObjectNames {
  const agent = `bot-bottle-${slug}`;
  return {
    agent,
    nextAgent: `${agent}-next`,
    previousAgent: `${agent}-previous`,
    bundle: `${agent}-sidecars`,
    internalNetwork: `${agent}-internal`,
    egressNetwork: `${agent}-egress`,
    stateVolume: `${agent}-state`,
  };
}
