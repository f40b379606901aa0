import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFakePanel, launchBrowser, openPanel } from "../support/fake-bridge/fake-panel.ts";
import { panelViews } from "../support/fake-bridge/panel-views.ts";

let browser: Browser;

beforeAll(async () => {
  await buildFakePanel("development");
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

describe("UI-3: WCAG 2.2 AA, in the dark theme and in the light one", () => {
  test.each(panelViews)("$name", async ({ act, name, ...options }) => {
    const { page, complaints } = await openPanel(browser, { ...options, theme: "system" });
    await page.emulateMedia({ colorScheme: "dark" });
    await act?.(page);
    const dark = await new AxeBuilder({ page }).withTags(STANDARDS).analyze();
    expect(violationsOf(dark), `${name}, dark`).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
    await page.locator("html[data-theme=light]").waitFor();
    // The page is the same but for its colours.
    const light = await new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"]).analyze();
    expect(violationsOf(light), `${name}, light`).toEqual([]);
    expect(complaints, "nothing is refused by the content security policy, nothing is logged").toEqual([]);
    await page.context().close();
  });
});

function violationsOf({ violations }: Awaited<ReturnType<AxeBuilder["analyze"]>>): string[] {
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`,
  );
}
