import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { findBrowser } from "../../../main/chromium/browser-process.ts";
import type { ChromiumShell } from "../../../main/chromium/chromium-shell.ts";
import { openChromiumShell } from "../../../main/chromium/chromium-shell.ts";
import { createAssets } from "../../../main/ipc/assets.ts";
import type { TopicBus } from "../../../main/ipc/handlers.ts";
import type { Dispatch } from "../../../main/ipc/router.ts";
import { createWindowGateway } from "../../../main/ipc/window-gateway.ts";
import type { Logger } from "../../../main/platform/logger.ts";
import { connectPlaywright } from "../playwright-pipe.ts";

export interface WindowOptions {
  readonly rendererFolder: string;
  readonly dispatch: Dispatch;
  readonly bus: TopicBus;
  readonly logger: Logger;
  /** Visible on the display that is there; headless otherwise. */
  readonly headless?: boolean;
}

export interface LaunchedWindow extends AsyncDisposable {
  readonly shell: ChromiumShell;
  readonly browser: Browser;
  readonly page: Page;
}

/** The real Chromium shell around whatever answers `dispatch`, with Playwright on the same pipe. */
export async function launchWindow(options: WindowOptions): Promise<LaunchedWindow> {
  await using stack = new AsyncDisposableStack();
  const profileFolder = await mkdtemp(join(tmpdir(), "bot-bottle-profile-"));
  stack.defer(() => rm(profileFolder, { recursive: true, force: true, maxRetries: 5 }));
  const gateway = stack.use(createWindowGateway(options));
  const shell = stack.use(
    await openChromiumShell({
      browser: {
        executable: await findBrowser(process.env),
        profileFolder,
        headless: options.headless ?? true,
        asRoot: process.getuid?.() === 0,
        env: process.env,
      },
      assets: await createAssets(options.rendererFolder),
      gateway,
      logger: options.logger,
    }),
  );
  // Playwright misses the events of a navigation it attaches in the middle of.
  await shell.loaded;
  const browser = await connectPlaywright(shell.pipe);
  const page = browser.contexts().flatMap((context) => context.pages())[0];
  if (page === undefined) throw new Error("the shell has no page");
  const resources = stack.move();
  return { shell, browser, page, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
