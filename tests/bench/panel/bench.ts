import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IpcReply } from "#common/ipc/contract.ts";
import { createApplication, productRoot } from "../../../main/app/product.ts";
import { findBrowser } from "../../../main/chromium/browser-process.ts";
import { openChromiumShell } from "../../../main/chromium/chromium-shell.ts";
import { createAssets } from "../../../main/ipc/assets.ts";
import type { TopicBus } from "../../../main/ipc/handlers.ts";
import { NotificationStore } from "../../../main/ipc/notification-settings.ts";
import type { Dispatch } from "../../../main/ipc/router.ts";
import { createRouter } from "../../../main/ipc/router.ts";
import { createShellHandlers } from "../../../main/ipc/shell-handlers.ts";
import { createTopicBus } from "../../../main/ipc/topic-bus.ts";
import { createWindowGateway } from "../../../main/ipc/window-gateway.ts";

const RUNS = 5;
const quiet = { log: () => undefined };

interface Content {
  readonly rendererFolder: string;
  readonly bus: TopicBus;
  readonly dispatch: Dispatch;
}

/** Launch until the window answers to a click on its main control, against the same shell around an empty page. */
export async function run(): Promise<Record<string, number>> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "bot-bottle-bench-"));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const empty = await emptyContent(folder);
  const panel = await panelContent(folder, stack);
  await timeToInteractive(folder, empty, EMPTY_READY);
  const ratios: number[] = [];
  for (let index = 0; index < RUNS; index++) {
    const baseline = await timeToInteractive(folder, empty, EMPTY_READY);
    ratios.push((await timeToInteractive(folder, panel, PANEL_READY)) / baseline);
  }
  ratios.sort((a, b) => a - b);
  return { interactiveVsEmptyWindow: ratios[Math.floor(RUNS / 2)] ?? Number.NaN };
}

const EMPTY_READY = "document.readyState === 'complete'";
const PANEL_READY = "[...document.querySelectorAll('button')].some((button) => /start/i.test(button.textContent))";

async function timeToInteractive(folder: string, content: Content, condition: string): Promise<number> {
  const profileFolder = join(folder, "profile");
  const start = performance.now();
  using gateway = createWindowGateway({ ...content, logger: quiet });
  await using shell = await openChromiumShell({
    browser: {
      executable: await findBrowser(process.env),
      profileFolder,
      headless: true,
      asRoot: process.getuid?.() === 0,
      env: process.env,
    },
    assets: await createAssets(content.rendererFolder),
    gateway,
    logger: quiet,
  });
  await shell.loaded;
  await painted(shell.pipe, condition);
  return performance.now() - start;
}

type Pipe = Awaited<ReturnType<typeof openChromiumShell>>["pipe"];

/** Waits in the page itself for the condition and the frame after it. */
async function painted(pipe: Pipe, condition: string): Promise<void> {
  const { targetInfos } = (await pipe.send("Target.getTargets")) as { targetInfos: { type: string; targetId: string }[] };
  const targetId = targetInfos.find((target) => target.type === "page")?.targetId;
  const { sessionId } = (await pipe.send("Target.attachToTarget", { targetId, flatten: true })) as { sessionId: string };
  const expression = `new Promise((resolve) => { const look = () => (${condition}) ? requestAnimationFrame(() => resolve(true)) : requestAnimationFrame(look); look(); })`;
  await pipe.send("Runtime.evaluate", { expression, awaitPromise: true }, sessionId);
}

async function emptyContent(folder: string): Promise<Content> {
  const rendererFolder = join(folder, "empty");
  await mkdir(rendererFolder);
  await writeFile(join(rendererFolder, "index.html"), "<!doctype html><html lang=en><title>empty</title><body></body></html>");
  return { rendererFolder, bus: createTopicBus(), dispatch: async (): Promise<IpcReply> => ({ ok: true, value: {} }) };
}

async function panelContent(folder: string, stack: AsyncDisposableStack): Promise<Content> {
  const home = join(folder, "home");
  const app = stack.use(await createApplication({ env: { ...process.env, BOT_BOTTLE_HOME: home } }));
  const notifications = await NotificationStore.open({ root: home });
  const facts = { version: "0", home, notifications, closeNoticeShown: async () => true };
  const noShell = () => Promise.reject(new Error("no shell in a benchmark"));
  const dispatch = createRouter({ ...app.handlers, ...createShellHandlers(facts, "chromium", noShell) }, quiet);
  return { rendererFolder: join(productRoot, "dist", "renderer"), bus: app.bus, dispatch };
}
