import type { BottleFrontmatter } from "./bottle-schema.ts";
import { DEFAULT_PROVIDER } from "./bottle-schema.ts";

/** A bottle's settings after inheritance, with the defaults that matter to whoever reads them. */
export type EffectiveBottle = Omit<BottleFrontmatter, "extends" | "agent_provider"> & {
  readonly agent_provider: NonNullable<BottleFrontmatter["agent_provider"]> & { readonly template: string };
};

export function effectiveBottle({ extends: _parent, agent_provider, ...rest }: BottleFrontmatter): EffectiveBottle {
  return { ...rest, agent_provider: { ...agent_provider, template: agent_provider?.template ?? DEFAULT_PROVIDER } };
}
