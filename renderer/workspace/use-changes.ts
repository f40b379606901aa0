import { useState } from "react";
import type { MethodOutput, TopicPayload } from "#common/ipc/contract.ts";
import type { WorkspaceChanges } from "#common/ipc/workspace-methods.ts";
import { asFailure, call } from "../bridge/bridge.ts";
import { useAction, useCall } from "../bridge/use-call.ts";
import { useTopic } from "../bridge/use-topic.ts";
import { allReady, choiceFacts } from "./choose-changes.ts";

export type Outcome = MethodOutput<"workspace.apply">;

/** The comparison of one bottle's workspace, what is chosen of it, and the way back. */
export function useChanges(slug: string) {
  const [wanted, setWanted] = useState(true);
  const [progress, setProgress] = useState<TopicPayload<"workspace"> | null>(null);
  const query = useCall("workspace.changes", { slug }, { enabled: wanted });
  const [chosen, setChosen] = useChoice(query.data);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const apply = useAction("workspace.apply");
  useTopic("workspace", (event) => (event.slug === slug ? setProgress(event) : undefined));
  const compare = () => {
    setWanted(true);
    setProgress(null);
    void query.refetch();
  };
  const cancel = () => {
    setWanted(false);
    void call("workspace.cancel", { slug }).catch(() => undefined);
  };
  const bringBack = (then: () => void) => {
    if (!query.data) return;
    const { paths, overwrite } = choiceFacts(query.data.changes, chosen);
    apply.mutate(
      { slug, digest: query.data.digest, paths: [...paths], overwrite: [...overwrite] },
      {
        onSuccess: (done) => {
          setOutcome(done);
          then();
          compare();
        },
      },
    );
  };
  const cancelled = query.error !== null && asFailure(query.error).code === "cancelled";
  return {
    review: query.data ?? null,
    comparing: query.isFetching,
    progress: query.isFetching ? progress : null,
    cancelled: cancelled && !query.isFetching,
    error: query.isFetching || cancelled ? null : query.error,
    chosen,
    setChosen,
    compare,
    cancel,
    bringBack,
    applying: apply.isPending,
    applyError: apply.error,
    forgetApplyError: apply.reset,
    outcome,
    dismissOutcome: () => setOutcome(null),
  };
}

export type Changes = ReturnType<typeof useChanges>;

/** A new comparison is a new choice: what is ready is chosen, as far as it needs no second thought. */
function useChoice(review: WorkspaceChanges | undefined) {
  const [state, setState] = useState<{ digest: string; chosen: ReadonlySet<string> }>({ digest: "", chosen: new Set() });
  const digest = review?.digest ?? "";
  if (state.digest !== digest) setState({ digest, chosen: startingChoice(review) });
  const setChosen = (chosen: ReadonlySet<string>) => setState({ digest, chosen });
  return [state.chosen, setChosen] as const;
}

/** What runs by itself on the host is left to be chosen by hand. */
function startingChoice(review: WorkspaceChanges | undefined): ReadonlySet<string> {
  return allReady((review?.changes ?? []).filter(({ warnings }) => warnings.length === 0));
}
