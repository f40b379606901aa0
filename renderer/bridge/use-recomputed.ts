import { useState } from "react";
import type { MethodInput, MethodName, MethodOutput } from "#common/ipc/contract.ts";
import { useCall } from "./use-call.ts";

interface Recomputed<T> {
  /** Of the newest input that was answered; the last one that could be, where the newest could not. */
  answer: T | undefined;
  error: Error | null;
  /** Whether the answer is one to an earlier input still. */
  computing: boolean;
  /** Nothing is asked at this moment. */
  settled: boolean;
  again: () => void;
}

/** What main makes of an input that changes as it is typed: one call at a time, the newest next, those in between never. */
export function useRecomputed<M extends MethodName>(method: M, wanted: MethodInput<M>, enabled = true): Recomputed<MethodOutput<M>> {
  const [asked, setAsked] = useState(wanted);
  const current = JSON.stringify(asked) === JSON.stringify(wanted);
  // Kept, every letter typed into a Dockerfile would leave a copy of it.
  const { data, error, isPlaceholderData, isFetching, refetch } = useCall(method, asked, { enabled, keepPrevious: true, forget: true });
  if (!current && !isFetching) setAsked(wanted);
  const [last, setLast] = useState(data);
  if (data !== undefined && data !== last) setLast(data);
  return {
    answer: data ?? last,
    error,
    computing: isPlaceholderData || !current || error !== null,
    settled: !isFetching,
    again: () => void refetch(),
  };
}
