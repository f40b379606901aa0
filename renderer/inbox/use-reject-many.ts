import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Proposal } from "#common/domain/proposal.ts";
import type { MethodInput, MethodOutput } from "#common/ipc/contract.ts";
import { call } from "../bridge/bridge.ts";
import { callKey } from "../bridge/use-call.ts";

type Item = MethodInput<"proposals.reject-many">["items"][number];
type Outcome = MethodOutput<"proposals.reject-many">;

/** As many as one call takes. */
const BATCH = 1000;

async function rejectAll(items: readonly Item[]): Promise<Outcome> {
  const outcome: Outcome = { rejected: [], failed: [] };
  for (let from = 0; from < items.length; from += BATCH) {
    const { rejected, failed } = await call("proposals.reject-many", { items: items.slice(from, from + BATCH) });
    outcome.rejected.push(...rejected);
    outcome.failed.push(...failed);
  }
  return outcome;
}

interface RejectMany {
  reject: (proposals: readonly Proposal[], note: string) => void;
  rejecting: boolean;
  error: Error | null;
  /** What the last attempt could not reject. */
  failed: Outcome["failed"];
}

/** Rejects many at once, each against its bottle's revision of now: a refusal opens nothing, whatever that has become. */
export function useRejectMany(onDone: (rejected: readonly string[], failed: readonly string[]) => void): RejectMany {
  const client = useQueryClient();
  const [failed, setFailed] = useState<Outcome["failed"]>([]);
  const revisionOf = async (slug: string): Promise<number> => {
    // A bottle that does not answer is named as a failure by main, which knows why.
    const view = await client
      .fetchQuery({ queryKey: callKey("routes.get", { slug }), queryFn: () => call("routes.get", { slug }) })
      .catch(() => null);
    return view?.table.revision ?? 0;
  };
  const { mutate, isPending, error } = useMutation({
    mutationFn: async ({ proposals, note }: { proposals: readonly Proposal[]; note: string }) => {
      const slugs = [...new Set(proposals.map(({ slug }) => slug))];
      const revisions = new Map(await Promise.all(slugs.map(async (slug) => [slug, await revisionOf(slug)] as const)));
      return await rejectAll(proposals.map(({ id, digest, slug }) => ({ id, digest, note, seenRevision: revisions.get(slug) ?? 0 })));
    },
    onSuccess: (outcome) => {
      setFailed(outcome.failed);
      onDone(
        outcome.rejected,
        outcome.failed.map(({ id }) => id),
      );
    },
  });
  return { reject: (proposals, note) => mutate({ proposals, note }), rejecting: isPending, error, failed };
}
