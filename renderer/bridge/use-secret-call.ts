import { useRef, useState } from "react";
import type { MethodInput, MethodName, MethodOutput } from "#common/ipc/contract.ts";
import { call } from "./bridge.ts";

export interface SecretCall<M extends MethodName> {
  run: (input: MethodInput<M>, onSuccess?: (output: MethodOutput<M>) => void) => void;
  pending: boolean;
  error: Error | null;
}

/** A call whose input holds a secret: unlike useAction, it keeps nothing of the input once it is sent (ENV-3). */
export function useSecretCall<M extends MethodName>(method: M): SecretCall<M> {
  const [state, setState] = useState<{ pending: boolean; error: Error | null }>({ pending: false, error: null });
  const running = useRef(false);
  const run: SecretCall<M>["run"] = (input, onSuccess) => {
    if (running.current) return;
    running.current = true;
    setState({ pending: true, error: null });
    call(method, input)
      .then(
        (output) => {
          setState({ pending: false, error: null });
          onSuccess?.(output);
        },
        (error: Error) => setState({ pending: false, error }),
      )
      .finally(() => {
        running.current = false;
      });
  };
  return { run, ...state };
}
