import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

/** The renderer's origin in both shells: a secure context whose name can never resolve, so whatever is not intercepted fails. */
export const APP_ORIGIN = "https://app.invalid";

export interface Asset {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer<ArrayBuffer>;
}

/** Answers a request of the window; null for what is not the renderer's, which must be refused. */
export type Assets = (url: string) => Promise<Asset | null>;

/** Inline styles are what xterm.js and the editor write at run time; everything else comes from the build or not at all (SEC-1). */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const NO_FEATURES = ["camera", "clipboard-read", "display-capture", "geolocation", "hid", "microphone", "midi", "payment", "serial", "usb"];

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "permissions-policy": NO_FEATURES.map((feature) => `${feature}=()`).join(", "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".wasm": "application/wasm",
};

/** Serves the built renderer. What is served is listed once: no path of a request ever reaches the file system. */
export async function createAssets(folder: string): Promise<Assets> {
  const files = await listFiles(folder);
  return async (url) => {
    const { origin, pathname } = new URL(url);
    if (origin !== APP_ORIGIN) return null;
    const file = files.get(pathname === "/" ? "/index.html" : pathname);
    if (file === undefined) return reply(404, ".html", Buffer.from("Not found"));
    return reply(200, extname(file), await readFile(file));
  };
}

function reply(status: number, extension: string, body: Buffer<ArrayBuffer>): Asset {
  return { status, headers: { ...SECURITY_HEADERS, "content-type": TYPES[extension] ?? "application/octet-stream" }, body };
}

async function listFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [`/${relative(folder, file).split(sep).join("/")}`, file]));
}
