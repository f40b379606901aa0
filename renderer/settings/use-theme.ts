import { useLayoutEffect, useSyncExternalStore } from "react";
import { usePreferences } from "./preferences.ts";

const query = "(prefers-color-scheme: light)";

function subscribe(listener: () => void): () => void {
  const media = window.matchMedia(query);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
}

/** The theme in effect, `system` resolved. */
export function useResolvedTheme(): "dark" | "light" {
  const { theme } = usePreferences();
  const systemIsLight = useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
  if (theme !== "system") return theme;
  return systemIsLight ? "light" : "dark";
}

export function useThemeOnDocument(): void {
  const theme = useResolvedTheme();
  // Before the first paint: no flash of the other theme.
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}
