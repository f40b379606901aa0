import { useEffect, useEffectEvent } from "react";
import { usePreferences } from "../settings/preferences.ts";

type Keys = Record<string, () => void>;

function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [role=combobox], .xterm") !== null)
  );
}

function dialogIsOpen(): boolean {
  return document.querySelector("[role=dialog], [role=alertdialog]") !== null;
}

/** `Mod+K` for Ctrl or Cmd with K, else the plain key. */
export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey) return `Alt+${key}`;
  return event.ctrlKey || event.metaKey ? `Mod+${key}` : key;
}

/** Single keys for the view that is shown; never while typing, in a terminal or under a dialog, and not at all when switched off. */
export function useKeys(keys: Keys, active = true): void {
  const { singleKeys } = usePreferences();
  const press = useEffectEvent((event: KeyboardEvent) => {
    const action = keys[keyName(event)];
    if (!action || event.repeat || event.defaultPrevented || takesText(event.target) || dialogIsOpen()) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    if (!active || !singleKeys) return;
    const listener = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, [active, singleKeys]);
}

interface GlobalKey {
  when: (event: KeyboardEvent) => boolean;
  run: () => void;
}

/** Keys with Ctrl or Cmd, taken before anything else gets them. */
export function useGlobalKeys(keys: Record<string, GlobalKey>): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const key = keys[keyName(event)];
    if (!key?.when(event)) return;
    event.preventDefault();
    event.stopPropagation();
    key.run();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, []);
}
