import { createContext, useContext } from "react";
import type { RouteSuggestion } from "../egress/route-suggestion.ts";

export type Overlay =
  | { name: "none" }
  | { name: "start"; agent: string | null }
  | { name: "palette" }
  | { name: "help" }
  /** The editor of a bottle's routes; with a suggestion, opened at it. */
  | { name: "routes"; slug: string; suggestion: RouteSuggestion | null };

interface Overlays {
  overlay: Overlay;
  show: (overlay: Overlay) => void;
}

export const OverlayContext = createContext<Overlays>({ overlay: { name: "none" }, show: () => undefined });

/** Which dialog lies over the panel; one at a time. */
export function useOverlays(): Overlays {
  return useContext(OverlayContext);
}
