import type { RefObject } from "react";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import type { Preferences } from "../settings/preferences.ts";
import { setPreference, usePreferences } from "../settings/preferences.ts";
import { useResolvedTheme } from "../settings/use-theme.ts";
import { terminalTheme } from "./terminal-theme.ts";
import type { TerminalLook } from "./terminal-view.ts";
import { TerminalView } from "./terminal-view.ts";

export type TerminalState =
  | { name: "opening" }
  | { name: "open" }
  | { name: "ended"; exitCode: number | null }
  | { name: "failed"; error: unknown };

interface UseTerminal {
  host: RefObject<HTMLDivElement | null>;
  state: TerminalState;
  matches: { index: number; count: number } | null;
  searching: boolean;
  setSearching: (searching: boolean) => void;
  link: string | null;
  closeLink: () => void;
  find: TerminalView["find"];
  focus: () => void;
  reattach: () => void;
}

const DEFAULT_FONT_SIZE = 13;

function useLook(): TerminalLook {
  const theme = useResolvedTheme();
  const { terminalFontSize, screenReader } = usePreferences();
  return useMemo(
    () => ({ theme: terminalTheme(theme), fontSize: terminalFontSize, screenReader }),
    [theme, terminalFontSize, screenReader],
  );
}

function zoom(current: Preferences["terminalFontSize"], step: -1 | 0 | 1): void {
  setPreference("terminalFontSize", step === 0 ? DEFAULT_FONT_SIZE : Math.min(24, Math.max(9, current + step)));
}

/** A terminal for one bottle for as long as the component is mounted. */
export function useTerminal(slug: string, onLeave: () => void): UseTerminal {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<TerminalView>(null);
  const look = useLook();
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<TerminalState>({ name: "opening" });
  const [matches, setMatches] = useState<UseTerminal["matches"]>(null);
  const [searching, setSearching] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const leave = useEffectEvent(onLeave);
  const zoomBy = useEffectEvent((step: -1 | 0 | 1) => zoom(look.fontSize, step));
  const firstLook = useEffectEvent(() => look);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another attachment
  useEffect(() => {
    if (!host.current) return;
    const terminal = new TerminalView(host.current, firstLook(), {
      onLink: setLink,
      onEnded: (exitCode) => setState({ name: "ended", exitCode }),
      onSearch: () => setSearching(true),
      onLeave: () => leave(),
      onZoom: (step) => zoomBy(step),
      onMatches: setMatches,
    });
    view.current = terminal;
    let current = true;
    setState({ name: "opening" });
    terminal.attach(slug).then(
      () => {
        if (!current) return;
        setState((was) => (was.name === "opening" ? { name: "open" } : was));
        if (!document.querySelector("[role=dialog], [role=alertdialog]")) terminal.focus();
      },
      (error: unknown) => current && setState({ name: "failed", error }),
    );
    return () => {
      current = false;
      view.current = null;
      terminal.dispose();
    };
  }, [slug, attempt]);

  useEffect(() => view.current?.restyle(look), [look]);

  return {
    host,
    state,
    matches,
    searching,
    setSearching,
    link,
    closeLink: () => setLink(null),
    find: (...query) => view.current?.find(...query),
    focus: () => view.current?.focus(),
    reattach: () => setAttempt((number) => number + 1),
  };
}
