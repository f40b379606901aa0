import { useEffect, useEffectEvent } from "react";
import { usePreferences } from "../settings/preferences.ts";

/** What a key does; `repeats` where it goes on while the key is held. */
type KeyAction = (() => void) | { run: (held: boolean) => void; repeats: true };
type Keys = Record<string, KeyAction>;

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

/** `Mod+k` for Ctrl or Cmd with K, `Shift+k` for a letter with Shift, else the plain key. */
export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey) return `Alt+${key}`;
  if (event.ctrlKey || event.metaKey) return `Mod+${key}`;
  return event.shiftKey && /^[a-z]$/.test(key) ? `Shift+${key}` : key;
}

/**
 * Single keys for the view that is shown; never while typing, in a terminal or under a dialog, and not at all when switched off.
 * `before` others: a key taken here reaches no other view.
 */
export function useKeys(keys: Keys, active = true, before: "others" | null = null): void {
  const { singleKeys } = usePreferences();
  const press = useEffectEvent((event: KeyboardEvent) => {
    const action = keys[keyName(event)];
    if (!action || event.defaultPrevented || takesText(event.target) || dialogIsOpen()) return;
    if (event.repeat && typeof action === "function") return;
    event.preventDefault();
    if (before) event.stopImmediatePropagation();
    if (typeof action === "function") action();
    else action.run(event.repeat);
  });
  useEffect(() => {
    if (!active || !singleKeys) return;
    const listener = (event: KeyboardEvent) => press(event);
    const options = { capture: before !== null };
    window.addEventListener("keydown", listener, options);
    return () => window.removeEventListener("keydown", listener, options);
  }, [active, singleKeys, before]);
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
