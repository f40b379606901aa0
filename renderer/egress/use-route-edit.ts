import { useOverlays } from "../app/overlays.tsx";
import type { RouteSuggestion } from "./route-suggestion.ts";

/** Opens the editor of the bottle's routes; with a suggestion, at it. */
export function useRouteEdit(slug: string): (suggestion: RouteSuggestion | null) => void {
  const { show } = useOverlays();
  return (suggestion) => show({ name: "routes", slug, suggestion });
}
