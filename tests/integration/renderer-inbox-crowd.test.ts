import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drivePanel } from "../support/fake-bridge/drive-panel.ts";
import { buildFakePanel, launchBrowser } from "../support/fake-bridge/fake-panel.ts";

let browser: Browser;

beforeAll(async () => {
  await buildFakePanel();
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

/** What one step costs the page's own thread to compute and lay out, in milliseconds of its processor time: others on the machine do not count. */
async function costOf(page: Page, steps: number, run: (step: number) => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.setTimeDomain", { timeDomain: "threadTicks" });
  await session.send("Performance.enable");
  const spent = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const seconds = metrics.filter(({ name }) => ["ScriptDuration", "LayoutDuration", "RecalcStyleDuration"].includes(name));
    return seconds.reduce((sum, { value }) => sum + value * 1000, 0);
  };
  const before = await spent();
  for (let step = 0; step < steps; step++) await run(step);
  const cost = ((await spent()) - before) / steps;
  await session.detach();
  return cost;
}

/** After the next two frames: every step is drawn, as with a hand on the keys. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
}

describe("UI-2: 10,000 proposals", () => {
  test("only what is seen exists, and every row says where it stands", async () => {
    await using panel = await drivePanel(browser, { scene: "crowded", hash: "#/inbox" });
    const { page, press } = panel;
    const options = page.getByRole("listbox", { name: "Inbox" }).getByRole("option");
    await page.getByRole("button", { name: "Approve" }).waitFor();
    expect(await options.count()).toBeLessThan(60);
    expect(await options.first().getAttribute("aria-setsize")).toBe("10003");
    await press("j", "End");
    await page.getByRole("heading", { name: /was (rejected|forwarded)/ }).waitFor();
    await expect.poll(() => options.last().getAttribute("aria-posinset")).toBe("10003");
  });

  test("a held key runs over them, and what flies past is neither opened nor decided", async () => {
    await using panel = await drivePanel(browser, { scene: "crowded", hash: "#/inbox" });
    const { page, calls, press } = panel;
    await page.getByRole("button", { name: "Approve" }).waitFor();
    const viewed = (await calls("proposals.view")).length;
    for (let at = 0; at < 60; at++) await page.keyboard.down("j");
    await page.keyboard.down("a");
    await page.keyboard.up("a");
    expect(await calls("proposals.approve")).toEqual([]);
    await page.keyboard.up("j");
    await page.getByRole("button", { name: "Approve" }).waitFor();
    expect((await calls("proposals.view")).length - viewed).toBeLessThanOrEqual(3);
    await press("Home");
    await page.getByRole("heading", { name: /host-4.example.org/ }).waitFor();
  });

  test("a step of the wheel or of a held key costs about what it costs among ten", async () => {
    const steps = async (scene: string) => {
      await using panel = await drivePanel(browser, { scene, hash: "#/inbox" });
      const { page, row } = panel;
      await page.getByRole("article").waitFor();
      await row(/waiting/)
        .first()
        .hover();
      const scrolled = await costOf(page, 30, async () => {
        await page.mouse.wheel(0, 300);
        await drawn(page);
      });
      const held = await costOf(page, 30, async () => {
        await page.keyboard.down("j");
        await drawn(page);
      });
      return scrolled + held;
    };
    const few = await steps("busy");
    const many = await steps("crowded");
    // The rail beside it has a hundred bottles then; a list that drew or searched all of its rows would cost a hundredfold.
    expect(many).toBeLessThan(6 * few + 20);
  });
});
