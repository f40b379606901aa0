import { useState } from "react";
import { groupBottles, railOrder } from "../bottles/grouping.ts";
import { useBottles } from "../bottles/use-bottles.ts";
import { useTopic } from "../bridge/use-topic.ts";
import type { CommandEffect } from "../palette/commands.ts";
import { setPreference, usePreferences } from "../settings/preferences.ts";
import { isMac } from "../ui/platform.ts";
import { useGlobalKeys, useKeys } from "../ui/use-keys.ts";
import { useWideWindow } from "../ui/use-wide-window.ts";
import { bottleView, go, useView } from "./location.ts";
import type { Overlay } from "./overlays.tsx";

function inTerminal(): boolean {
  return document.activeElement?.closest(".xterm") != null;
}

/** The panel's own keys (UI-3). Ctrl+K is left to a terminal that has the focus: shells cut the line with it. */
function usePanelKeys(show: (overlay: Overlay) => void): void {
  const view = useView();
  const { bottles } = useBottles();
  const step = (by: number) => {
    const order = railOrder(groupBottles(bottles));
    const at = order.findIndex((bottle) => view.name === "bottle" && bottle.slug === view.slug);
    const next = order[(at + by + order.length) % order.length];
    if (next) go(bottleView(next.slug));
  };
  useGlobalKeys({ "Mod+k": { when: (event) => isMac || event.shiftKey || !inTerminal(), run: () => show({ name: "palette" }) } });
  useKeys({
    n: () => show({ name: "start", agent: null }),
    "?": () => show({ name: "help" }),
    g: () => go({ name: "inbox", id: null }),
    "[": () => step(-1),
    "]": () => step(1),
  });
}

/** The dialog that a command opens, if any. */
function overlayOf(effect: CommandEffect): Overlay {
  if (effect.do === "start") return { name: "start", agent: effect.agent };
  if (effect.do === "edit-routes") return { name: "routes", slug: effect.slug, suggestion: null };
  return { name: effect.do === "help" ? "help" : "none" };
}

export interface Commands {
  overlay: Overlay;
  show: (overlay: Overlay) => void;
  run: (effect: CommandEffect) => void;
  /** The bottle the operator asked to stop from the palette, until confirmed. */
  stopping: string | null;
  endStopping: () => void;
}

/** What the palette and the keys can do. */
export function useCommands(): Commands {
  const [overlay, show] = useState<Overlay>({ name: "none" });
  const [stopping, setStopping] = useState<string | null>(null);
  const { inspector } = usePreferences();
  const wide = useWideWindow();
  usePanelKeys(show);
  useTopic("proposal-link", ({ id }) => {
    show({ name: "none" });
    go({ name: "inbox", id });
  });
  const run = (effect: CommandEffect) => {
    show(overlayOf(effect));
    if (effect.do === "go") go(effect.view);
    else if (effect.do === "theme") setPreference("theme", effect.theme);
    else if (effect.do === "inspector") setPreference("inspector", !(inspector ?? wide));
    else if (effect.do === "stop") setStopping(effect.slug);
  };
  return { overlay, show, run, stopping, endStopping: () => setStopping(null) };
}
