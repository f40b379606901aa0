import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { access, constants, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { OperatorError } from "#common/domain/operator-error.ts";
import { APP_ORIGIN } from "../ipc/assets.ts";
import { passedOnEnv } from "../platform/passed-on-env.ts";
import { DevtoolsPipe } from "./devtools-pipe.ts";
import { forbidKeepingPasswords } from "./profile-preferences.ts";

export interface BrowserOptions {
  readonly executable: string;
  readonly profileFolder: string;
  readonly headless: boolean;
  /** Chromium's own sandbox does not start as root. */
  readonly asRoot: boolean;
  readonly env: NodeJS.ProcessEnv;
}

export interface BrowserProcess {
  readonly pipe: DevtoolsPipe;
  /** Settles when the browser has exited, however. */
  readonly exited: Promise<void>;
  kill(): void;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"];

/** `$BOT_BOTTLE_CHROMIUM`, or the first Chromium on the path. */
export async function findBrowser(env: NodeJS.ProcessEnv): Promise<string> {
  const chosen = env.BOT_BOTTLE_CHROMIUM;
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = chosen ? [chosen] : folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  for (const candidate of candidates) if (await isExecutable(candidate)) return candidate;
  throw new OperatorError("unsupported", {
    message: "No Chrome or Chromium was found to show the panel in.",
    hint: "Install chromium, or name one in BOT_BOTTLE_CHROMIUM.",
  });
}

export async function launchBrowser(options: BrowserOptions): Promise<BrowserProcess> {
  await mkdir(options.profileFolder, { recursive: true, mode: 0o700 });
  await forbidKeepingPasswords(options.profileFolder);
  const child = spawn(options.executable, browserArguments(options), {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    env: passedOnEnv(options.env),
  });
  await spawned(child);
  const [, , , input, output] = child.stdio;
  return {
    pipe: new DevtoolsPipe(input as Writable, output as Readable),
    exited: new Promise((resolve) => child.once("exit", () => resolve())),
    kill: () => void child.kill("SIGKILL"),
  };
}

function browserArguments(options: BrowserOptions): string[] {
  return [
    "--remote-debugging-pipe",
    `--user-data-dir=${options.profileFolder}`,
    // In headless mode only a data URL opens an app window; the shell navigates either.
    ...(options.headless ? ["--headless", "--app=data:text/html,"] : [`--app=${APP_ORIGIN}/`]),
    ...(options.asRoot ? ["--no-sandbox"] : []),
    "--test-type",
    "--window-size=1440,900",
    "--class=bot-bottle",
    // Whatever is not answered by us has nowhere to go.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-proxy-server",
    "--deny-permission-prompts",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-component-extensions-with-background-pages",
    "--disable-background-networking",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-breakpad",
    "--disable-search-engine-choice-screen",
    "--disable-backgrounding-occluded-windows",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,CertificateTransparencyComponentUpdater",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
  ];
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => reject(new OperatorError("unsupported", { message: "The browser could not be started.", cause })));
  });
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
