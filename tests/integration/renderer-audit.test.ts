import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFakePanel, launchBrowser, openPanel } from "../support/fake-bridge/fake-panel.ts";

let browser: Browser;

beforeAll(async () => {
  await buildFakePanel();
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

async function audit(scene = "busy"): Promise<Page> {
  const { page } = await openPanel(browser, { hash: "#/audit", scene });
  page.setDefaultTimeout(20_000);
  await page.getByRole("grid", { name: "Audit log" }).waitFor();
  return page;
}

describe("the Audit view (SUP-7, UI-3)", () => {
  test("finds an entry and shows what it changed, by keyboard alone", async () => {
    const page = await audit();
    await page.keyboard.press("/");
    await page.keyboard.type("docs.python ada");
    await page.getByRole("status").filter({ hasText: "1 entry" }).waitFor();
    await page.getByRole("grid", { name: "Audit log" }).focus();
    await page.keyboard.press("ArrowDown");
    const entry = page.getByRole("region", { name: "Entry" });
    await entry.getByText("approved", { exact: true }).waitFor();
    expect(await entry.getByRole("list").innerText()).toContain("host: docs.python.org");
    await entry.getByRole("button", { name: "Close entry" }).press("Enter");
    await entry.waitFor({ state: "detached" });
    await page.getByRole("searchbox", { name: "Search the audit log" }).fill("no such thing");
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
    await page.context().close();
  });

  test("says that the chains hold, and names the line where one does not", async () => {
    const page = await audit();
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByText(/nothing was changed, dropped or reordered/).waitFor();
    await page.context().close();
    const meddled = await audit("crowded");
    await meddled.getByRole("button", { name: "Verify" }).click();
    const alert = meddled.getByRole("alert").filter({ hasText: "1 log of 20 cannot be trusted" });
    expect(await alert.innerText()).toContain("demo-00003: audit.jsonl line 8 is entry 9: entry 7 was dropped before it");
    await meddled.context().close();
  });

  test("says where an export was put", async () => {
    const page = await audit();
    await page.getByRole("button", { name: "Export CSV" }).click();
    await page.getByText(/4 entries written to .*audit-all\.csv/).waitFor();
    await page.context().close();
  });

  test("100,000 entries: only what is visible exists, and no key waits", async () => {
    const page = await audit("crowded");
    await page.getByRole("status").filter({ hasText: "100,000 entries" }).waitFor();
    expect(await page.getByRole("row").count()).toBeLessThan(100);
    await page.getByRole("grid", { name: "Audit log" }).focus();
    await page.evaluate(() => {
      const blocked: number[] = [];
      new PerformanceObserver((list) => blocked.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
      Object.assign(window, { blocked });
    });
    for (let press = 0; press < 40; press++) await page.keyboard.press("PageDown");
    await page.getByRole("region", { name: "Entry" }).waitFor();
    const longest = await page.evaluate(() => Math.max(0, ...(window as unknown as { blocked: number[] }).blocked));
    // The fake searches its hundred thousand in the window itself; main does it elsewhere.
    expect(longest).toBeLessThan(500);
    await page.getByRole("searchbox", { name: "Search the audit log" }).fill("host-77777.example.org");
    await page.getByRole("status").filter({ hasText: "1 entry" }).waitFor();
    await page.context().close();
  });
});
