import { createContext, useContext } from "react";

export type Overlay = { name: "none" } | { name: "start"; agent: string | null } | { name: "palette" } | { name: "help" };

interface Overlays {
  overlay: Overlay;
  show: (overlay: Overlay) => void;
}

export const OverlayContext = createContext<Overlays>({ overlay: { name: "none" }, show: () => undefined });

/** Which dialog lies over the panel; one at a time. */
export function useOverlays(): Overlays {
  return useContext(OverlayContext);
}
