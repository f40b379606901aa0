import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { AutoRule } from "#common/domain/auto-rule.ts";
import { call } from "../bridge/bridge.ts";
import { callKey, useCall } from "../bridge/use-call.ts";

interface Rules {
  rules: readonly AutoRule[] | undefined;
  /** Why they could not be read. */
  error: Error | null;
  save: (rules: AutoRule[], onSaved?: () => void) => void;
  saving: boolean;
  /** Why the last change was not kept. */
  saveError: Error | null;
}

/** The operator's auto-decision rules; a change made elsewhere meanwhile is never overwritten. */
export function useRules(): Rules {
  const client = useQueryClient();
  const { data, error } = useCall("rules.list", {});
  const change = useMutation({
    mutationFn: (rules: AutoRule[]) => call("rules.save", { rules, seen: data ?? [] }),
    onSuccess: (saved) => client.setQueryData(callKey("rules.list", {}), saved),
    onError: () => client.invalidateQueries({ queryKey: callKey("rules.list", {}) }),
  });
  return {
    rules: data,
    error,
    save: (rules, onSaved) => change.mutate(rules, onSaved ? { onSuccess: onSaved } : {}),
    saving: change.isPending,
    saveError: change.error,
  };
}
