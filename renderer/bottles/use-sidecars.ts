import { useQueries } from "@tanstack/react-query";
import { call } from "../bridge/bridge.ts";
import { callKey } from "../bridge/use-call.ts";
import { troubleOf } from "./sidecar-trouble.ts";
import { useBottles } from "./use-bottles.ts";

/** Running bottles whose sidecars need attention, in the order of the list. */
export function useSidecarTrouble(): { slug: string; text: string }[] {
  const running = useBottles().bottles.filter((bottle) => bottle.state === "running");
  const answers = useQueries({
    queries: running.map((bottle) => ({
      queryKey: callKey("health.get", { slug: bottle.slug }),
      queryFn: () => call("health.get", { slug: bottle.slug }),
    })),
  });
  return answers.flatMap(({ data }) => {
    const text = data ? troubleOf(data) : null;
    return data && text ? [{ slug: data.slug, text }] : [];
  });
}
