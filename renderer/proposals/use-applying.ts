import { useState } from "react";
import type { Applying } from "#common/ipc/proposal-methods.ts";
import { useCall } from "../bridge/use-call.ts";
import { useTopic } from "../bridge/use-topic.ts";

const none: readonly string[] = [];

/** An approval of this proposal that is under way, and what was last read of one that ended. */
export function useApplying(id: string): { applying: Applying | null; lastLog: readonly string[] } {
  const { data } = useCall("proposals.applying", {});
  const [lastLog, setLastLog] = useState(none);
  useTopic("applying", (all) => {
    const mine = all.find((each) => each.id === id);
    if (mine) setLastLog(mine.log);
  });
  return { applying: data?.find((each) => each.id === id) ?? null, lastLog };
}
