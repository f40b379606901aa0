import { Button } from "../ui/button.tsx";
import type { Decision } from "./decision-log.ts";
import { suggestRoute } from "./route-suggestion.ts";
import { useRouteEdit } from "./use-route-edit.ts";

/** What the operator can do about a refusal, where it is read. */
export function DecisionActions({ slug, decision }: { slug: string; decision: Decision }) {
  const edit = useRouteEdit(slug);
  const suggestion = decision.verdict === "refused" ? suggestRoute(decision) : null;
  if (suggestion === null) return null;
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => edit(suggestion)}>
        {suggestion.allowFinding === null ? "Propose a route from this…" : "Let this rule pass on this host…"}
      </Button>
    </div>
  );
}
