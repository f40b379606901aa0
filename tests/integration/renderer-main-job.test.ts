import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FakeMain } from "../support/fake-bridge/fake-main.ts";
import { buildFakePanel, launchBrowser, openPanel } from "../support/fake-bridge/fake-panel.ts";

let browser: Browser;

beforeAll(async () => {
  await buildFakePanel();
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

async function panel(hash: string, scene = "busy"): Promise<Page> {
  const { page } = await openPanel(browser, { hash, scene });
  page.setDefaultTimeout(10_000);
  return page;
}

/** What the window asked of main, by method. */
function callsOf(page: Page, method: string): Promise<Record<string, unknown>[]> {
  return page.evaluate((name) => {
    const { fakeMain } = window as unknown as { fakeMain: FakeMain };
    return fakeMain.calls.filter((call) => call.method === name).map((call) => call.input as Record<string, unknown>);
  }, method);
}

describe("UI-3: the main job by keyboard alone", () => {
  test("N, the agent's name, Enter, Enter starts it and shows its steps; the focus comes back from a dialog that is left", async () => {
    const page = await panel("#/inbox");
    await page.keyboard.press("n");
    await page.getByRole("combobox", { name: "Agent" }).pressSequentially("dem");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Preflight" }).getByText("example.com").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Start progress" }).waitFor();
    expect(await callsOf(page, "bottles.start")).toEqual([{ agent: "demo", workspace: null }]);
    const opener = page.getByRole("button", { name: "Start agent", exact: true });
    await opener.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Start an agent" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.context().close();
  });

  test("Start says why it does nothing", async () => {
    const page = await panel("#/", "engine-down");
    await page.getByRole("button", { name: "Start agent", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Start an agent" });
    await dialog.getByRole("status").getByText("No container engine answers").waitFor();
    await dialog.getByRole("button", { name: "Start", exact: true }).click({ force: true });
    expect(await callsOf(page, "bottles.start")).toEqual([]);
    await page.context().close();
  });

  test("J, E, an edit, a note, A: approves what was edited against the revision that was seen; a second A decides nothing (SUP-4)", async () => {
    const page = await panel("#/inbox");
    await page.getByRole("article", { name: "Held push" }).waitFor();
    await page.keyboard.press("j");
    await page.getByRole("heading", { name: /packages.example.org/ }).waitFor();
    await page.keyboard.press("e");
    await page.getByRole("textbox", { name: "Paths" }).fill("/p-retry");
    await page.getByRole("heading", { name: /below \/p-retry at packages.example.org/ }).waitFor();
    await page.getByRole("textbox", { name: "Note to the agent" }).fill("this one only");
    await page.getByRole("heading", { name: /packages.example.org/ }).click();
    await page.keyboard.press("a");
    await page.getByRole("heading", { name: "packages.example.org was approved with edit" }).waitFor();
    await page.keyboard.press("a");
    expect(await callsOf(page, "proposals.approve")).toMatchObject([
      { id: "api-refactor-k3v9q.4", seenRevision: 7, note: "this one only", edit: { pathAllowlist: ["/p-retry"] } },
    ]);
    await page.keyboard.press("g");
    await page.getByRole("article", { name: "Held push" }).waitFor();
    await page.context().close();
  });

  test("a held push: A waits until every finding is allowed, then forwards it with the note; D dismisses a refused one (GIT-6)", async () => {
    const page = await panel("#/inbox/api-refactor-k3v9q.g7");
    await page.getByRole("heading", { name: /Forwards 3 commits/ }).waitFor();
    await page.keyboard.press("a");
    expect(await callsOf(page, "pushes.forward")).toEqual([]);
    await page.getByRole("checkbox", { name: "Let pass once: github-pat in src/config.ts:12" }).check();
    await page.getByRole("checkbox", { name: "Let pass once: aws-access-token in commit message" }).check();
    await page.getByRole("textbox", { name: "Note to the agent" }).fill("test tokens");
    await page.getByRole("heading", { name: /Forwards 3 commits/ }).click();
    await page.keyboard.press("a");
    await page.getByRole("heading", { name: "A held push to api was forwarded" }).waitFor();
    expect(await callsOf(page, "pushes.forward")).toMatchObject([
      { id: "api-refactor-k3v9q.g7", digest: "d".repeat(64), note: "test tokens", allowedFindings: { length: 2 } },
    ]);
    await page
      .getByRole("listbox", { name: "Inbox" })
      .getByRole("option", { name: /Refused push/ })
      .click();
    await page.getByRole("article", { name: "Refused push" }).waitFor();
    await page.keyboard.press("d");
    await page
      .getByRole("listbox", { name: "Inbox" })
      .getByRole("option", { name: /Refused push/ })
      .waitFor({ state: "detached" });
    await page.context().close();
  });

  test("routes that change while the operator reads are shown, and asked about again, before anything is approved", async () => {
    const page = await panel("#/inbox/api-refactor-k3v9q.4");
    await page.getByRole("heading", { name: /packages.example.org/ }).waitFor();
    await page.evaluate(() => (window as unknown as { fakeMain: FakeMain }).fakeMain.changeRoutes("api-refactor-k3v9q"));
    const read = page.getByRole("button", { name: "I have read it" });
    await read.waitFor();
    await page.keyboard.press("a");
    expect(await callsOf(page, "proposals.approve")).toEqual([]);
    await read.click();
    await page.keyboard.press("a");
    await page.getByRole("heading", { name: "packages.example.org was approved" }).waitFor();
    expect(await callsOf(page, "proposals.approve")).toMatchObject([{ seenRevision: 8 }]);
    await page.context().close();
  });

  test("single keys stay the agent's while its terminal has the focus; Ctrl+Shift+L leaves it", async () => {
    const page = await panel("#/bottle/api-refactor-k3v9q/terminal");
    const terminal = page.getByRole("region", { name: "Terminal" });
    await terminal.getByText("waiting for the operator").first().waitFor();
    await terminal.click();
    await page.keyboard.type("na?");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect((await callsOf(page, "terminal.write")).map((call) => call.data).join("")).toBe("na?");
    await page.keyboard.press("Control+Shift+L");
    expect(await page.getByRole("tab", { name: "Terminal" }).evaluate((element) => element === document.activeElement)).toBe(true);
    await page.context().close();
  });
});

describe("TRM-4: links in output", () => {
  test("nothing happens on a click; with Ctrl the real address is shown first and opened only when confirmed", async () => {
    const page = await panel("#/bottle/api-refactor-k3v9q/terminal");
    const link = page.getByRole("region", { name: "Terminal" }).getByText("the manual");
    await link.first().waitFor();
    const box = (await link.first().boundingBox())!;
    const at = { x: box.x + Math.min(box.width - 6, 360), y: box.y + box.height / 2 };
    await page.mouse.move(at.x, at.y);
    await page.mouse.click(at.x, at.y);
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.down("Control");
    await page.mouse.move(at.x + 1, at.y);
    await page.mouse.click(at.x + 1, at.y);
    await page.keyboard.up("Control");
    const dialog = page.getByRole("dialog", { name: "Open this link in your browser?" });
    await dialog.getByText("https://safe.example.org@evil.example.net/login").waitFor();
    expect(await callsOf(page, "link.open")).toEqual([]);
    await dialog.getByRole("button", { name: "Open evil.example.net" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await callsOf(page, "link.open")).toEqual([{ url: "https://safe.example.org@evil.example.net/login" }]);
    await page.context().close();
  });
});

describe("EGR-7: live decisions", () => {
  test("show at once, stand still under the pointer and say how many wait", async () => {
    const page = await panel("#/bottle/api-refactor-k3v9q/egress");
    const rows = page.getByRole("grid", { name: "Decisions" }).getByRole("row");
    await rows.nth(1).waitFor();
    const first = () => rows.nth(1).getAttribute("id");
    const decide = () => page.evaluate(() => (window as unknown as { fakeMain: FakeMain }).fakeMain.decide("api-refactor-k3v9q"));
    await decide();
    await expect.poll(first).toBe("decision-141");
    await rows.nth(3).hover();
    await decide();
    await page.getByRole("button", { name: "1 new", exact: true }).waitFor();
    expect(await first()).toBe("decision-141");
    await page.getByRole("tab", { name: /Egress/ }).hover();
    await expect.poll(first).toBe("decision-142");
    await page.context().close();
  });
});
