import type { Slug } from "#common/domain/names.ts";

/** Labels by which everything that belongs to a bottle is found again, whoever made it (D12). */
export const SLUG_LABEL = "bot-bottle.slug";
export const ROLE_LABEL = "bot-bottle.role";
export const RUNTIME_LABEL = "bot-bottle.runtime";
export const CREATED_LABEL = "bot-bottle.created";
/** On images: the ref they were built as. */
export const IMAGE_LABEL = "bot-bottle.image";
/** On build stages that no image keeps, so that their layers can be found and removed. */
export const STAGE_LABEL = "bot-bottle.stage";

export interface ObjectNames {
  readonly agent: string;
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
    bundle: `${agent}-sidecars`,
    internalNetwork: `${agent}-internal`,
    egressNetwork: `${agent}-egress`,
    stateVolume: `${agent}-state`,
  };
}
