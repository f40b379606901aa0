import type { IpcMainInvokeEvent, Session } from "electron";
import { BrowserWindow, ipcMain, session } from "electron";
import { CALL_CHANNEL, TOPIC_CHANNEL } from "#common/ipc/electron-channels.ts";
import type { Assets } from "../ipc/assets.ts";
import { APP_ORIGIN } from "../ipc/assets.ts";
import type { WindowConnection, WindowGateway } from "../ipc/window-gateway.ts";
import type { Logger } from "../platform/logger.ts";

export interface PanelWindowParts {
  readonly assets: Assets;
  readonly gateway: WindowGateway;
  readonly logger: Logger;
  readonly preload: string;
}

const START_URL = `${APP_ORIGIN}/`;

/** The panel's window: one page of the build, sandboxed, that can go nowhere and ask for nothing (SEC-1). */
export class PanelWindow {
  readonly #parts: PanelWindowParts;
  readonly #session: Session;
  #window: BrowserWindow | null = null;
  #connection: WindowConnection | null = null;

  constructor(parts: PanelWindowParts) {
    this.#parts = parts;
    this.#session = session.fromPartition("persist:panel");
    lockDown(this.#session, parts.assets);
    ipcMain.handle(CALL_CHANNEL, (event, method: unknown, input: unknown) => this.#call(event, method, input));
  }

  get current(): BrowserWindow | null {
    return this.#window;
  }

  async show(): Promise<void> {
    if (this.#window !== null) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.show();
      return this.#window.focus();
    }
    this.#window = this.#create();
    await this.#window.loadURL(START_URL);
  }

  #create(): BrowserWindow {
    const window = new BrowserWindow({
      width: 1440,
      height: 900,
      minWidth: 800,
      minHeight: 500,
      backgroundColor: "#0b0d10",
      title: "bot-bottle",
      webPreferences: {
        session: this.#session,
        preload: this.#parts.preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        backgroundThrottling: false,
      },
    });
    const { webContents } = window;
    webContents.setWindowOpenHandler(() => ({ action: "deny" }));
    webContents.on("will-navigate", (details) => refuseForeign(details.url, details));
    webContents.on("will-redirect", (details) => refuseForeign(details.url, details));
    webContents.on("will-frame-navigate", (details) => refuseForeign(details.url, details));
    webContents.on("will-attach-webview", (event) => event.preventDefault());
    // A load, a reload too, is a new page: what the last one held is given back, before the new one can call.
    webContents.on("did-start-navigation", (details) => {
      if (details.isMainFrame && !details.isSameDocument) this.#join(window);
    });
    webContents.on("render-process-gone", (_event, details) => this.#recover(window, details.reason));
    window.on("closed", () => {
      this.#connection?.close();
      this.#connection = null;
      this.#window = null;
    });
    return window;
  }

  #join(window: BrowserWindow): void {
    this.#connection?.close();
    this.#connection = this.#parts.gateway.connect((topic, payload) => {
      if (!window.isDestroyed()) window.webContents.send(TOPIC_CHANNEL, topic, payload);
    });
  }

  async #call(event: IpcMainInvokeEvent, method: unknown, input: unknown): Promise<unknown> {
    const window = this.#window;
    if (window === null || this.#connection === null || typeof method !== "string" || !isPanel(event, window)) {
      this.#parts.logger.log("warn", "electron.untrusted-sender", { url: event.senderFrame?.url ?? null });
      throw new Error("refused");
    }
    return await this.#connection.call(method, input);
  }

  #recover(window: BrowserWindow, reason: string): void {
    this.#parts.logger.log("error", "electron.renderer-gone", { reason });
    this.#connection?.close();
    this.#connection = null;
    if (reason !== "clean-exit" && !window.isDestroyed()) window.webContents.reload();
  }
}

/** Every request of the panel's session is answered from the build or fails. */
function lockDown(panel: Session, assets: Assets): void {
  panel.protocol.handle("https", async (request) => {
    const asset = request.method === "GET" ? await assets(request.url) : null;
    if (asset === null) return Response.error();
    return new Response(asset.body, { status: asset.status, headers: asset.headers });
  });
  panel.protocol.handle("http", () => Response.error());
  panel.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  panel.setPermissionCheckHandler(() => false);
  panel.setDevicePermissionHandler(() => false);
  panel.on("will-download", (event) => event.preventDefault());
}

function refuseForeign(url: string, event: { preventDefault(): void }): void {
  if (!URL.canParse(url) || new URL(url).origin !== APP_ORIGIN) event.preventDefault();
}

/** From the main frame of our own window, showing our own page. */
function isPanel(event: IpcMainInvokeEvent, window: BrowserWindow): boolean {
  const frame = event.senderFrame;
  return (
    frame !== null &&
    event.sender === window.webContents &&
    frame === window.webContents.mainFrame &&
    new URL(frame.url).origin === APP_ORIGIN
  );
}
