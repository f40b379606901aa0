import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import { createApplication, productRoot } from "../app/product.ts";
import { createAssets } from "../ipc/assets.ts";
import { watchAttention } from "../ipc/attention.ts";
import { CLOSE_NOTICE, closeNotice } from "../ipc/close-notice.ts";
import { NotificationStore } from "../ipc/notification-settings.ts";
import { createRouter } from "../ipc/router.ts";
import { createShellHandlers } from "../ipc/shell-handlers.ts";
import { becomeSingleInstance } from "../ipc/single-instance.ts";
import { createWindowGateway } from "../ipc/window-gateway.ts";
import { systemClock } from "../platform/clock.ts";
import { logCrashes } from "../platform/crash-log.ts";
import { homePaths } from "../platform/home.ts";
import { fileLogger } from "../platform/logger.ts";
import { findBrowser } from "./browser-process.ts";
import { openChromiumShell } from "./chromium-shell.ts";

const IS_ROOT = process.getuid?.() === 0;

/** Opens the panel in Chromium and stays until its window is closed; bottles stay longer. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const home = homePaths(env);
  const logger = fileLogger(home.logs, "panel", systemClock);
  logCrashes(logger);
  await using stack = new AsyncDisposableStack();
  const instance = await becomeSingleInstance(join(home.root, "run", "panel.sock"));
  if (instance === null) return say("The panel is open already: it has come to the front.");
  stack.use(instance);
  if (IS_ROOT) say("Running as root: Chromium's own sandbox is off (--no-sandbox).");

  const notice = closeNotice(home.state);
  const application = stack.use(await createApplication({ env }));
  const shellReady = Promise.withResolvers<Awaited<ReturnType<typeof openChromiumShell>>>();
  const notifications = await NotificationStore.open(home);
  const facts = { version: await productVersion(), home: home.root, notifications, closeNoticeShown: () => notice.wasShown() };
  const handlers = { ...application.handlers, ...createShellHandlers(facts, "chromium", () => shellReady.promise) };
  const gateway = stack.use(createWindowGateway({ dispatch: createRouter(handlers, logger), bus: application.bus, logger }));
  const shell = stack.use(
    await openChromiumShell({
      browser: {
        executable: await findBrowser(env),
        profileFolder: join(home.root, "chromium"),
        headless: env.BOT_BOTTLE_HEADLESS === "1",
        asRoot: IS_ROOT,
        env,
      },
      assets: await createAssets(join(productRoot, "dist", "renderer")),
      gateway,
      logger,
    }),
  );
  shellReady.resolve(shell);
  instance.onLaunch = () => void shell.focus().catch(() => undefined);
  stack.use(watchAttention({ bus: application.bus, shell, settings: () => notifications.settings, now: () => new Date() }));

  await Promise.race([shell.closed, stopSignal()]);
  const bottles = await application.handlers["bottles.list"]({});
  if (bottles.some((bottle) => bottle.state === "running") && !(await notice.wasShown())) {
    say(CLOSE_NOTICE);
    await notice.markShown();
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}

async function productVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(productRoot, "package.json"), "utf8"));
  return String((manifest as { version?: unknown }).version);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  await main(process.env);
  process.exit(0);
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}${error.hint === null ? "" : ` ${error.hint}`}\n`);
  process.exit(1);
}
