import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { MethodInput, MethodOutput } from "#common/ipc/contract.ts";
import { recentDecisionsKey } from "../bridge/live-snapshots.ts";
import { callKey, useCall } from "../bridge/use-call.ts";
import { useTopic } from "../bridge/use-topic.ts";
import { useNow } from "../ui/use-now.ts";

export function useRoutes(slug: string) {
  return useCall("routes.get", { slug });
}

/** The bottle's decisions, oldest first, growing as they are made. */
export function useDecisions(slug: string) {
  const [method, input] = recentDecisionsKey(slug);
  return useCall(method, input);
}

type Computed = "traffic.series" | "credentials.activity" | "usage.today";

/** Requests come by the hundred; what is computed from them need not be fetched with each. */
const REFRESH_MS = 3000;
const MINUTE = 60_000;

/** What main computes from the record: fetched anew a little after more happened, when a cut is made, and with every minute. */
export function useComputed<M extends Computed>(method: M, input: MethodInput<M>) {
  const client = useQueryClient();
  const answer = useCall(method, input, { keepPrevious: true });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const refresh = () => {
    timer.current = null;
    void client.invalidateQueries({ queryKey: callKey(method, input) });
  };
  useTopic("decisions", ({ slug }) => {
    if (slug === input.slug) timer.current ??= setTimeout(refresh, REFRESH_MS);
  });
  useTopic("cuts", ({ slug }) => {
    if (slug === input.slug) refresh();
  });
  useTopic("routes", ({ slug }) => {
    if (slug === input.slug) refresh();
  });
  const minute = useNow(MINUTE);
  const first = useRef(minute);
  useEffect(() => {
    if (minute === first.current) return;
    first.current = minute;
    void client.invalidateQueries({ queryKey: [method] });
  }, [client, method, minute]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  return answer;
}

export type HostSeries = MethodOutput<"traffic.series">["hosts"][number];
export type CredentialActivity = MethodOutput<"credentials.activity">["credentials"][number];
export type UsageToday = MethodOutput<"usage.today">;
