import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { buildFakePanel, launchBrowser, openPanel } from "./fake-panel.ts";
import { panelViews } from "./panel-views.ts";

// Pictures of every view with sample data: `node tests/support/fake-bridge/screenshots.ts [--built] [NAME…]`.
const sizes = [
  { suffix: "dark", theme: "dark", width: 1440, height: 900 },
  { suffix: "light", theme: "light", width: 1440, height: 900 },
  { suffix: "small", theme: "dark", width: 1024, height: 700 },
] as const;

const folder = resolve(import.meta.dirname, "../../../test-artifacts/panel");
const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith("--"));
await mkdir(folder, { recursive: true });
if (!args.includes("--built")) await buildFakePanel();
await using browser = await launchBrowser();
for (const { suffix, ...size } of sizes) {
  for (const { name, act, ...shot } of panelViews) {
    if (names.length > 0 && !names.includes(name) && !names.includes(`${name}-${suffix}`)) continue;
    const { page, complaints } = await openPanel(browser, { ...shot, ...size });
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    await act?.(page);
    await page.waitForTimeout(350);
    await page.screenshot({ path: join(folder, `${name}-${suffix}.png`) });
    if (complaints.length > 0) console.log(`${name}-${suffix}:`, complaints.slice(0, 5));
    await page.context().close();
  }
}
