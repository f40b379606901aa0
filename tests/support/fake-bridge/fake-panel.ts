import { extname, join, resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Browser, Page, Route } from "playwright-core";
import { chromium } from "playwright-core";
import type { Plugin } from "vite";
import { build } from "vite";

const root = resolve(import.meta.dirname, "../../..");
/** Path to content. In memory: several runs may build at once. */
const files = new Map<string, string | Uint8Array>();
const ORIGIN = "https://app.invalid";

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
};

function withFakeBridge(): Plugin {
  const install = JSON.stringify(join(import.meta.dirname, "install.ts"));
  return {
    name: "fake-bridge",
    enforce: "pre",
    transform: (code, id) => (id.endsWith("/renderer/app/main.tsx") ? `import ${install};\n${code}` : null),
  };
}

/**
 * Builds the panel as the product does, plus the fake bridge. As `development` React warns of its misuse, and long lists are many
 * times slower.
 */
export async function buildFakePanel(as: "production" | "development" = "production"): Promise<void> {
  const before = process.env.NODE_ENV;
  // Vite and React go by it, and the test runner has its own word there.
  process.env.NODE_ENV = as;
  try {
    await buildInMemory();
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

async function buildInMemory(): Promise<void> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    root: join(root, "renderer"),
    base: "/",
    cacheDir: join(root, ".cache/vite-fake"),
    resolve: { alias: [{ find: /^#common\//, replacement: `${join(root, "common")}/` }] },
    plugins: [withFakeBridge(), react(), tailwindcss()],
    build: {
      write: false,
      target: "chrome140",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4000,
    },
  });
  if (!("output" in built)) throw new Error("one build, not watched");
  for (const file of built.output) files.set(`/${file.fileName}`, file.type === "chunk" ? file.code : file.source);
}

async function serve(route: Route): Promise<void> {
  const { pathname } = new URL(route.request().url());
  const path = pathname === "/" ? "/index.html" : pathname;
  const body = files.get(path);
  if (body === undefined) return route.fulfill({ status: 404, body: "" });
  await route.fulfill({ body: Buffer.from(body), contentType: types[extname(path)] ?? "application/octet-stream" });
}

export interface PanelOptions {
  scene?: string;
  theme?: "dark" | "light" | "system";
  width?: number;
  height?: number;
  /** Milliseconds between live decisions; none without. */
  live?: number;
  hash?: string;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--force-prefers-reduced-motion"],
  });
}

/** A page of the panel; whatever the page complains about in its console is collected in `complaints`. */
export async function openPanel(browser: Browser, options: PanelOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.route("**/*", serve);
  await page.addInitScript((theme) => localStorage.setItem("bot-bottle.preferences", JSON.stringify({ theme })), options.theme ?? "dark");
  const query = new URLSearchParams({ scene: options.scene ?? "busy", ...(options.live ? { live: String(options.live) } : {}) });
  await page.goto(`${ORIGIN}/?${query}${options.hash ?? ""}`);
  await page.getByRole("navigation", { name: "Views and bottles" }).waitFor();
  return { page, complaints };
}
