import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { MethodInput, MethodName, MethodOutput } from "#common/ipc/contract.ts";
import { call } from "./bridge.ts";

export function callKey<M extends MethodName>(method: M, input: MethodInput<M>): readonly [M, MethodInput<M>] {
  return [method, input];
}

interface CallOptions {
  enabled?: boolean;
  /** Shows the previous answer until the next one is there. */
  keepPrevious?: boolean;
  /** Not kept once nothing shows it. */
  forget?: boolean;
}

/** A call as a snapshot: fetched once, then kept current by topics (see live-snapshots.ts). */
export function useCall<M extends MethodName>(
  method: M,
  input: MethodInput<M>,
  options: CallOptions = {},
): UseQueryResult<MethodOutput<M>> {
  return useQuery<MethodOutput<M>>({
    queryKey: callKey(method, input),
    queryFn: () => call(method, input),
    enabled: options.enabled ?? true,
    ...(options.forget ? { gcTime: 0 } : {}),
    ...(options.keepPrevious ? { placeholderData: (previous: MethodOutput<M> | undefined) => previous } : {}),
  } as Parameters<typeof useQuery<MethodOutput<M>>>[0]);
}

/** A call that changes something, made on an operator's action. */
export function useAction<M extends MethodName>(method: M): UseMutationResult<MethodOutput<M>, Error, MethodInput<M>> {
  return useMutation<MethodOutput<M>, Error, MethodInput<M>>({ mutationFn: (input) => call(method, input) });
}
