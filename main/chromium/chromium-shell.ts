import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Assets } from "../ipc/assets.ts";
import type { Shell } from "../ipc/shell.ts";
import type { WindowGateway } from "../ipc/window-gateway.ts";
import type { Logger } from "../platform/logger.ts";
import { passedOnEnv } from "../platform/passed-on-env.ts";
import type { BrowserOptions, BrowserProcess } from "./browser-process.ts";
import { launchBrowser } from "./browser-process.ts";
import { desktopNotification } from "./desktop-notification.ts";
import type { DevtoolsPipe } from "./devtools-pipe.ts";
import { PanelPage } from "./panel-page.ts";

export interface ChromiumShellOptions {
  readonly browser: BrowserOptions;
  readonly assets: Assets;
  readonly gateway: WindowGateway;
  readonly logger: Logger;
}

export interface ChromiumShell extends Shell {
  /** The browser's DevTools, to which the end-to-end tests attach as well. */
  readonly pipe: DevtoolsPipe;
  /** Settles when the window has loaded the panel for the first time. */
  readonly loaded: Promise<void>;
}

const TargetInfo = z.object({ targetId: z.string(), type: z.string() });
const Targets = z.object({ targetInfos: z.array(TargetInfo) });
const TargetEvent = z.object({ targetInfo: TargetInfo });
const DestroyedTarget = z.object({ targetId: z.string() });

const execute = promisify(execFile);

/** One of the desktop's own programs; what it starts may outlive us. */
function run(program: string, args: readonly string[]): Promise<{ stdout: string }> {
  return execute(program, args, { env: passedOnEnv(process.env) });
}

/** Opens the panel in an installed Chromium's app window. */
export async function openChromiumShell(options: ChromiumShellOptions): Promise<ChromiumShell> {
  const browser = await launchBrowser(options.browser);
  try {
    const page = await openPanelPage(browser.pipe, options);
    keepToOneWindow(browser, page);
    return createShell(browser, page);
  } catch (error) {
    browser.kill();
    throw error;
  }
}

async function openPanelPage(pipe: DevtoolsPipe, options: ChromiumShellOptions): Promise<PanelPage> {
  const created = firstPage(pipe);
  await pipe.send("Target.setDiscoverTargets", { discover: true });
  const { targetInfos } = Targets.parse(await pipe.send("Target.getTargets"));
  const targetId = targetInfos.find((target) => target.type === "page")?.targetId ?? (await created);
  const [page] = await Promise.all([
    PanelPage.open({ ...options, pipe }, targetId),
    pipe.send("Browser.setDownloadBehavior", { behavior: "deny" }),
  ]);
  return page;
}

/** The browser answers before its window is there. */
function firstPage(pipe: DevtoolsPipe): Promise<string> {
  return new Promise((resolve) => {
    const subscription = pipe.onEvent((event) => {
      if (event.method !== "Target.targetCreated") return;
      const { targetInfo } = TargetEvent.parse(event.params);
      if (targetInfo.type !== "page") return;
      subscription[Symbol.dispose]();
      resolve(targetInfo.targetId);
    });
  });
}

/** Closing the window closes the panel, and any other window the browser opens is closed again. */
function keepToOneWindow(browser: BrowserProcess, page: PanelPage): void {
  browser.pipe.onEvent((event) => {
    if (event.sessionId !== null) return;
    if (event.method === "Target.targetDestroyed" && DestroyedTarget.parse(event.params).targetId === page.targetId) {
      page.disconnect();
      browser.pipe.send("Browser.close").catch(() => undefined);
    }
    if (event.method !== "Target.targetCreated") return;
    const { targetInfo } = TargetEvent.parse(event.params);
    if (targetInfo.type !== "page" || targetInfo.targetId === page.targetId) return;
    browser.pipe.send("Target.closeTarget", { targetId: targetInfo.targetId }).catch(() => undefined);
  });
}

function createShell(browser: BrowserProcess, page: PanelPage): ChromiumShell {
  const ending = new AbortController();
  const closed = browser.exited.then(() => {
    ending.abort();
    page.disconnect();
  });
  return {
    kind: "chromium",
    pipe: browser.pipe,
    loaded: page.loaded,
    closed,
    keychain: null,
    focus: async () => void (await page.focus()),
    notify: (notification, opened) => void desktopNotification(notification, opened, ending.signal),
    // The window's own title shows both; an app window has no tray or badge.
    showAttention: () => undefined,
    chooseFolder,
    openExternal,
    async [Symbol.asyncDispose]() {
      await browser.pipe.send("Browser.close").catch(() => browser.kill());
      await closed;
    },
  };
}

async function openExternal(url: string): Promise<void> {
  try {
    await run(process.platform === "darwin" ? "open" : "xdg-open", [url]);
  } catch (cause) {
    throw new OperatorError("unsupported", {
      message: "No browser could be opened.",
      hint: "Copy the address and open it yourself.",
      cause,
    });
  }
}

async function chooseFolder(): Promise<string | null> {
  try {
    const { stdout } = await run("zenity", ["--file-selection", "--directory", "--title=Choose a workspace"]);
    return stdout.trimEnd() || null;
  } catch (error) {
    // Cancelled: the dialog's exit code. Anything else: there is no dialog to be had.
    if ((error as { code?: unknown }).code === 1) return null;
    throw new OperatorError("unsupported", {
      message: "This desktop offers no folder dialog here.",
      hint: "Type the folder's path instead.",
    });
  }
}
