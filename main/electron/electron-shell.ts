import { app, shell as desktop, dialog, Menu, Notification, nativeImage, safeStorage, Tray } from "electron";
import type { Attention, Shell } from "../ipc/shell.ts";
import { osKeychain } from "./os-keychain.ts";
import type { PanelWindow } from "./panel-window.ts";

/** The product's shell: tray, menu, badge, dialogs and the desktop's keychain around one window. */
export function createElectronShell(panel: PanelWindow, icon: string, beforeQuit: () => Promise<void>): Shell {
  const closed = Promise.withResolvers<void>();
  app.on("window-all-closed", () => closed.resolve());
  const tray = createTray(panel, icon);
  return {
    kind: "electron",
    closed: closed.promise,
    keychain: osKeychain(safeStorage, process.platform),
    focus: () => panel.show(),
    notify({ title, body, sound }, opened) {
      const notification = new Notification({ title, body, silent: !sound });
      notification.on("click", opened);
      notification.show();
    },
    showAttention(attention) {
      app.setBadgeCount(attention.pending);
      tray?.setToolTip(describe(attention));
      // Beside the picture, where the desktop has room for words (macOS).
      tray?.setTitle(attention.pending === 0 ? "" : String(attention.pending));
      tray?.setContextMenu(trayMenu(panel, attention));
    },
    async chooseFolder() {
      const options = { properties: ["openDirectory" as const, "createDirectory" as const], title: "Choose a workspace" };
      const chosen = panel.current === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(panel.current, options);
      return chosen.filePaths[0] ?? null;
    },
    openExternal: (url) => desktop.openExternal(url),
    async [Symbol.asyncDispose]() {
      await beforeQuit();
      tray?.destroy();
    },
  };
}

function createTray(panel: PanelWindow, icon: string): Tray | null {
  const image = nativeImage.createFromPath(icon);
  // Some desktops have no tray, and a tray without a picture is a hole in the bar.
  if (image.isEmpty()) return null;
  const tray = new Tray(image.resize({ width: 22, height: 22 }));
  tray.on("click", () => void panel.show());
  return tray;
}

function trayMenu(panel: PanelWindow, { running, pending }: Attention): Menu {
  const bottles = running.map((slug) => ({ label: slug, click: () => void panel.show() }));
  return Menu.buildFromTemplate([
    { label: pending === 0 ? "Nothing waits for you" : `${pending} waiting for you`, click: () => void panel.show() },
    { type: "separator" },
    ...(bottles.length === 0 ? [{ label: "No bottle runs", enabled: false }] : bottles),
    { type: "separator" },
    { label: "Open the panel", click: () => void panel.show() },
    { label: "Quit (bottles keep running)", role: "quit" },
  ]);
}

function describe({ running, pending }: Attention): string {
  return `bot-bottle: ${running.length} running, ${pending} waiting`;
}
