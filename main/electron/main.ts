import { join } from "node:path";
import { app, dialog } from "electron";
import { createApplication, productRoot } from "../app/product.ts";
import { createAssets } from "../ipc/assets.ts";
import { watchAttention } from "../ipc/attention.ts";
import { CLOSE_NOTICE, closeNotice } from "../ipc/close-notice.ts";
import { NotificationStore } from "../ipc/notification-settings.ts";
import { createRouter } from "../ipc/router.ts";
import type { Shell } from "../ipc/shell.ts";
import { createShellHandlers } from "../ipc/shell-handlers.ts";
import { createWindowGateway } from "../ipc/window-gateway.ts";
import { systemClock } from "../platform/clock.ts";
import { logCrashes } from "../platform/crash-log.ts";
import { homePaths } from "../platform/home.ts";
import { fileLogger } from "../platform/logger.ts";
import { takeEnv } from "../platform/passed-on-env.ts";
import { createElectronShell } from "./electron-shell.ts";
import { PanelWindow } from "./panel-window.ts";

const LINK_SCHEME = "bot-bottle";

/** Opens the panel and stays until its window is closed; bottles stay longer. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const home = homePaths(env);
  const logger = fileLogger(home.logs, "panel", systemClock);
  logCrashes(logger);
  await app.whenReady();
  await using stack = new AsyncDisposableStack();
  const notice = closeNotice(home.state);
  const shellReady = Promise.withResolvers<Shell>();
  const application = stack.use(await createApplication({ env, keychain: async () => (await shellReady.promise).keychain }));
  const notifications = await NotificationStore.open(home);
  const facts = { version: app.getVersion(), home: home.root, notifications, closeNoticeShown: () => notice.wasShown() };
  const handlers = { ...application.handlers, ...createShellHandlers(facts, "electron", () => shellReady.promise) };
  const gateway = stack.use(createWindowGateway({ dispatch: createRouter(handlers, logger), bus: application.bus, logger }));
  const panel = new PanelWindow({
    gateway,
    logger,
    assets: await createAssets(join(productRoot, "dist", "renderer")),
    preload: join(productRoot, "dist", "preload", "preload.cjs"),
  });
  const shell = stack.use(createElectronShell(panel, join(productRoot, "build", "icon.png"), () => tellOnce(application.handlers, notice)));
  shellReady.resolve(shell);
  stack.use(watchAttention({ bus: application.bus, shell, settings: () => notifications.settings, now: () => new Date() }));
  app.on("second-instance", (_event, argv) => {
    void panel.show();
    const link = argv.find((argument) => argument.startsWith(`${LINK_SCHEME}:`));
    if (link !== undefined) void confirmLink(panel, link);
  });
  app.on("open-url", (event, url) => {
    event.preventDefault();
    void confirmLink(panel, url);
  });
  app.on("activate", () => void panel.show());
  await panel.show();
  await shell.closed;
}

/** Whoever made the link is a stranger: all it can do is ask the operator to look (UI-1). */
async function confirmLink(panel: PanelWindow, link: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: "question",
    message: "A link asks to open bot-bottle",
    detail: link.slice(0, 300).replace(/[^\x20-\x7e]/g, "�"),
    buttons: ["Open the panel", "Ignore"],
    defaultId: 1,
    cancelId: 1,
  });
  if (response === 0) await panel.show();
}

type Handlers = Awaited<ReturnType<typeof createApplication>>["handlers"];

async function tellOnce(handlers: Handlers, notice: ReturnType<typeof closeNotice>): Promise<void> {
  const bottles = await handlers["bottles.list"]({});
  if (!bottles.some((bottle) => bottle.state === "running") || (await notice.wasShown())) return;
  await notice.markShown();
  await dialog.showMessageBox({ type: "info", message: "Your bottles keep running", detail: CLOSE_NOTICE });
}

app.enableSandbox();
app.setAsDefaultProtocolClient(LINK_SCHEME);
// Not awaited here: Electron becomes ready only once this module has been evaluated.
if (!app.requestSingleInstanceLock()) app.exit(0);
// Electron starts renderers, and the browser for links, with what is left of the environment (ENV-3).
else
  main(takeEnv(process.env)).then(
    () => app.exit(0),
    (error: unknown) => {
      dialog.showErrorBox("bot-bottle could not start", error instanceof Error ? error.message : String(error));
      app.exit(1);
    },
  );
