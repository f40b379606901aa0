import type { BottleSummary } from "#common/domain/bottle.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import { useCall } from "../bridge/use-call.ts";
import { userHome } from "./grouping.ts";

const none: never[] = [];

export function useBottles(): { bottles: readonly BottleSummary[]; known: boolean; error: Error | null } {
  const { data, error } = useCall("bottles.list", {});
  return { bottles: data ?? none, known: data !== undefined, error };
}

export function useBottle(slug: string): BottleSummary | undefined {
  return useBottles().bottles.find((bottle) => bottle.slug === slug);
}

export function useProposals(): readonly Proposal[] {
  return useCall("proposals.list", {}).data ?? none;
}

/** The folder that `~` stands for, where it is known. */
export function useUserHome(): string | null {
  return userHome(useCall("app.info", {}).data?.home);
}
