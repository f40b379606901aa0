import { recentDecisionsKey } from "../bridge/live-snapshots.ts";
import { useCall } from "../bridge/use-call.ts";

export function useRoutes(slug: string) {
  return useCall("routes.get", { slug });
}

/** The bottle's decisions, oldest first, growing as they are made. */
export function useDecisions(slug: string) {
  const [method, input] = recentDecisionsKey(slug);
  return useCall(method, input);
}
