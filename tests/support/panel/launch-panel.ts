import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { Application } from "../../../main/app/application.ts";
import { createApplication, productRoot } from "../../../main/app/product.ts";
import type { ChromiumShell } from "../../../main/chromium/chromium-shell.ts";
import { NotificationStore } from "../../../main/ipc/notification-settings.ts";
import { createRouter } from "../../../main/ipc/router.ts";
import { createShellHandlers } from "../../../main/ipc/shell-handlers.ts";
import { systemClock } from "../../../main/platform/clock.ts";
import { fileLogger } from "../../../main/platform/logger.ts";
import { launchWindow } from "./launch-window.ts";

export interface Panel {
  readonly page: Page;
  readonly app: Application;
  /** Everything that was sent to the window so far, as JSON. */
  traffic(): string;
  /** Closes window and application; bottles stay, as they do for an operator. */
  close(): Promise<void>;
}

/** The whole panel from the built renderer down to the engine, on a home of its own, with Playwright in its window. */
export async function launchPanel(options: {
  readonly home: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly headless?: boolean;
}): Promise<Panel> {
  await using stack = new AsyncDisposableStack();
  const env = { ...process.env, ...options.env, BOT_BOTTLE_HOME: options.home };
  const logger = fileLogger(join(options.home, "logs"), "panel", systemClock);
  const app = stack.use(await createApplication({ env }));
  const shell = Promise.withResolvers<ChromiumShell>();
  const version = String((JSON.parse(await readFile(join(productRoot, "package.json"), "utf8")) as { version: string }).version);
  const notifications = await NotificationStore.open({ root: options.home });
  const facts = { version, home: options.home, notifications, closeNoticeShown: async () => false };
  const sent: string[] = [];
  const route = createRouter({ ...app.handlers, ...createShellHandlers(facts, "chromium", () => shell.promise) }, logger);
  stack.use(app.bus.subscribe((topic, payload) => void sent.push(JSON.stringify({ topic, payload }))));
  const window = stack.use(
    await launchWindow({
      rendererFolder: join(productRoot, "dist", "renderer"),
      dispatch: async (...call) => {
        const reply = await route(...call);
        sent.push(JSON.stringify(reply));
        return reply;
      },
      bus: app.bus,
      logger,
      headless: options.headless ?? true,
    }),
  );
  shell.resolve(window.shell);
  const resources = stack.move();
  return { page: window.page, app, traffic: () => sent.join("\n"), close: () => resources.disposeAsync() };
}
