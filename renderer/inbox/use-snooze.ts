import { useState } from "react";
import { useAction } from "../bridge/use-call.ts";
import { plural } from "../ui/format.ts";
import { useNotice } from "../ui/use-notice.ts";
import { wakeWords } from "./snooze-times.ts";

interface Snooze {
  snooze: (ids: readonly string[], until: Date) => void;
  wake: (ids: readonly string[]) => void;
  /** Takes the last snooze back, where there is one. */
  undo: () => void;
}

/** Puts proposals off and back; `onOutcome` gets what happened, in words. */
export function useSnooze(onOutcome: (words: string) => void): Snooze {
  const [last, setLast] = useState<readonly string[]>([]);
  const { mutateAsync } = useAction("proposals.snooze");
  const tell = useNotice();
  const set = (ids: readonly string[], until: string | null, words: string) => {
    if (ids.length === 0) return;
    mutateAsync({ ids: ids.slice(0, 1000), until }).then(
      () => {
        setLast(until === null ? [] : ids);
        onOutcome(words);
      },
      (error: Error) => tell("bad", error.message),
    );
  };
  const wake = (ids: readonly string[]) => set(ids, null, `${plural(ids.length, "proposal")} back in the inbox.`);
  return {
    snooze: (ids, until) => {
      const iso = until.toISOString();
      set(ids, iso, `${plural(ids.length, "proposal")} snoozed until ${wakeWords(iso, Date.now())}. U takes it back.`);
    },
    wake,
    undo: () => wake(last),
  };
}
