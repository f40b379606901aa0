import { useMemo } from "react";
import { useProposals } from "../bottles/use-bottles.ts";
import { useCall } from "../bridge/use-call.ts";
import { useHeldPushes, useRefusals } from "../git/use-git.ts";
import type { InboxLists } from "./inbox-items.ts";
import { inboxLists } from "./inbox-items.ts";

const none: never[] = [];

function useSnoozed(): readonly { id: string; until: string }[] {
  return useCall("proposals.snoozed", {}).data ?? none;
}

/** Everything that asks for the operator, of all bottles or of one. */
export function useInbox(slug: string | null = null): InboxLists {
  const proposals = useProposals();
  const pushes = useHeldPushes();
  const refusals = useRefusals();
  const snoozed = useSnoozed();
  return useMemo(() => {
    const here = (each: { slug: string }) => slug === null || each.slug === slug;
    return inboxLists({ proposals: proposals.filter(here), pushes: pushes.filter(here), refusals: refusals.filter(here), snoozed });
  }, [proposals, pushes, refusals, snoozed, slug]);
}

/** How many decisions wait for the operator now. */
export function useWaitingCount(): number {
  const proposals = useProposals();
  const pushes = useHeldPushes();
  const snoozed = useSnoozed();
  return useMemo(() => {
    const asleep = new Set(snoozed.map(({ id }) => id));
    const asked = proposals.filter(({ id, status }) => status === "pending" && !asleep.has(id));
    return asked.length + pushes.filter(({ status }) => status === "held").length;
  }, [proposals, pushes, snoozed]);
}

/** Whether the lists have been read at all. */
export function useInboxKnown(): boolean {
  return useCall("proposals.list", {}).data !== undefined;
}
