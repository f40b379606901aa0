import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** What an operator does and sees in the panel, by the names that a screen reader would say. */

const START_MS = 90_000;
const SCREEN_MS = 20_000;

/** Starts an agent from the dialog and waits for its terminal; resolves with the bottle's slug. */
export async function startFromDialog(page: Page, agent: string): Promise<string> {
  await beginFromDialog(page, agent);
  await page.getByRole("region", { name: "Terminal" }).waitFor({ timeout: START_MS });
  return shownSlug(page);
}

/** As far as the start's progress, or what it failed with. */
export async function beginFromDialog(page: Page, agent: string): Promise<void> {
  const before = page.url();
  const dialog = await openStartDialog(page, agent);
  await dialog.getByRole("button", { name: "Start", exact: true, disabled: false }).click();
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => page.url()).not.toBe(before);
}

export async function openStartDialog(page: Page, agent: string): Promise<Locator> {
  await page.getByRole("button", { name: "Start agent", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Start an agent" });
  const field = dialog.getByRole("combobox", { name: "Agent" });
  await expect.poll(() => field.inputValue()).not.toBe("");
  if ((await field.inputValue()) === agent) return dialog;
  await field.fill(agent);
  await page.getByRole("option", { name: agent }).first().click();
  return dialog;
}

/** The bottle whose view is open. */
export function shownSlug(page: Page): string {
  const slug = /^#\/bottle\/([^/]+)/.exec(new URL(page.url()).hash)?.[1];
  if (slug === undefined) throw new Error(`no bottle is shown at ${page.url()}`);
  return slug;
}

/** A bottle's row in the rail; `status` as it is told to screen readers. */
export function bottleRow(page: Page, slug: string, status?: string): Locator {
  const name = status === undefined ? new RegExp(slug) : new RegExp(`^${status}:? *${slug}`);
  return page.getByRole("navigation", { name: "Views and bottles" }).getByRole("link", { name });
}

/** The inbox's place in the rail with so many that wait. */
export function inboxBadge(page: Page, waiting: number): Locator {
  return page.getByRole("link", { name: waiting === 0 ? /^Inbox$/ : new RegExp(`^Inbox.*${waiting} waiting`) });
}

export async function typeInTerminal(page: Page, line: string): Promise<void> {
  await page.getByRole("region", { name: "Terminal" }).and(page.locator("[aria-busy=false]")).click();
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
}

export async function expectOnScreen(page: Page, text: string | RegExp, timeout = SCREEN_MS): Promise<void> {
  await expect.poll(() => page.locator(".xterm-rows").innerText(), { timeout }).toMatch(text);
}

/** Keeps what the window shows as `test-artifacts/e2e/<name>.png`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join("test-artifacts", "e2e", `${name}.png`) });
}
