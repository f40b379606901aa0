import { useMemo } from "react";
import { useProposals } from "../bottles/use-bottles.ts";
import { useHeldPushes, useRefusals } from "../git/use-git.ts";
import type { InboxLists } from "./inbox-items.ts";
import { inboxLists } from "./inbox-items.ts";

/** Everything that asks for the operator, of all bottles or of one. */
export function useInbox(slug: string | null = null): InboxLists {
  const proposals = useProposals();
  const pushes = useHeldPushes();
  const refusals = useRefusals();
  return useMemo(() => {
    const here = (each: { slug: string }) => slug === null || each.slug === slug;
    return inboxLists({ proposals: proposals.filter(here), pushes: pushes.filter(here), refusals: refusals.filter(here) });
  }, [proposals, pushes, refusals, slug]);
}
