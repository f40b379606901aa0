import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFakePanel, launchBrowser, openPanel } from "../support/fake-bridge/fake-panel.ts";
import { panelViews } from "../support/fake-bridge/panel-views.ts";

let browser: Browser;

beforeAll(async () => {
  await buildFakePanel();
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

describe.each(["dark", "light"] as const)("UI-3: WCAG 2.2 AA in the %s theme", (theme) => {
  test.each(panelViews)("$name", async ({ act, name, ...options }) => {
    const { page, complaints } = await openPanel(browser, { ...options, theme });
    await act?.(page);
    const results = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
      .analyze();
    const violations = results.violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`,
    );
    expect(violations, name).toEqual([]);
    expect(complaints, "nothing is refused by the content security policy, nothing is logged").toEqual([]);
    await page.context().close();
  });
});
