import { useEffect, useEffectEvent } from "react";
import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import { listen } from "./bridge.ts";

/** Calls `listener` with every payload while the component is mounted. */
export function useTopic<T extends TopicName>(topic: T, listener: (payload: TopicPayload<T>) => void): void {
  const latest = useEffectEvent(listener);
  useEffect(() => listen(topic, (payload) => latest(payload)), [topic]);
}
