import type { Keychain } from "../platform/keychain.ts";

/** What the operator should notice although the window may be hidden. */
export interface Notification {
  readonly title: string;
  readonly body: string;
  readonly sound: boolean;
}

/** Shown in tray, menu and badge where the shell has them (UI-1). */
export interface Attention {
  readonly running: readonly string[];
  readonly pending: number;
}

/** The edge around the product (D1): a window with a bridge, and what only a desktop can do. */
export interface Shell extends AsyncDisposable {
  readonly kind: "electron" | "chromium";
  /** Resolves when the operator has closed the panel for good. */
  readonly closed: Promise<void>;
  /** Brings the window to the front, opening it where it was closed. */
  focus(): Promise<void>;
  /** `opened` is called when the operator clicks on it, where the desktop tells. */
  notify(notification: Notification, opened: () => void): void;
  showAttention(attention: Attention): void;
  /** The folder the operator picked, null where they cancelled; an OperatorError where this desktop has no dialog. */
  chooseFolder(): Promise<string | null>;
  openExternal(url: string): Promise<void>;
  /** Null where the desktop offers none. */
  readonly keychain: Keychain | null;
}
