import { useSyncExternalStore } from "react";
import { z } from "zod";

export const Theme = z.enum(["dark", "light", "system"]);
export type Theme = z.infer<typeof Theme>;

/** What this window remembers about itself; nothing here matters to a bottle. */
const Preferences = z.object({
  theme: Theme.default("dark"),
  /** Keys such as N, A, R without a modifier; can be switched off for speech input (WCAG 2.1.4). */
  singleKeys: z.boolean().default(true),
  /** Preselected by the next start. */
  lastAgent: z.string().nullable().default(null),
  inspector: z.boolean().nullable().default(null),
  /** Lets screen readers read terminals, at some cost in speed. */
  screenReader: z.boolean().default(false),
  /** How a change is drawn. */
  changeLayout: z.enum(["unified", "split"]).default("unified"),
  /** What the inbox is grouped by. */
  inboxGroups: z.enum(["bottle", "kind", "none"]).default("bottle"),
  terminalFontSize: z.int().min(9).max(24).default(13),
});
export type Preferences = z.infer<typeof Preferences>;

const KEY = "bot-bottle.preferences";
const listeners = new Set<() => void>();

export function parsePreferences(stored: string | null): Preferences {
  try {
    return Preferences.parse(JSON.parse(stored ?? "{}"));
  } catch {
    return Preferences.parse({});
  }
}

let current = parsePreferences(typeof localStorage === "undefined" ? null : localStorage.getItem(KEY));

export function setPreference<K extends keyof Preferences>(key: K, value: Preferences[K]): void {
  current = { ...current, [key]: value };
  localStorage.setItem(KEY, JSON.stringify(current));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current);
}
