import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drivePanel } from "../support/fake-bridge/drive-panel.ts";
import { buildFakePanel, launchBrowser } from "../support/fake-bridge/fake-panel.ts";

let browser: Browser;

beforeAll(async () => {
  await buildFakePanel();
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

const FIRST = "#/inbox/api-refactor-k3v9q.4";

describe("SUP-4, UI-3: the inbox by keyboard alone", () => {
  test("J and K go from row to row, Enter into what is open, Escape back; the focus is never lost", async () => {
    await using panel = await drivePanel(browser, { hash: "#/inbox" });
    const { page, press } = panel;
    const list = page.getByRole("listbox", { name: "Inbox" });
    await page.getByRole("article", { name: "Held push" }).waitFor();
    await press("j");
    await page.getByRole("heading", { name: /packages.example.org/ }).waitFor();
    await press("j", "ArrowDown", "k");
    await page.getByRole("heading", { name: /api.github.com/ }).waitFor();
    const active = await list.getAttribute("aria-activedescendant");
    expect(await page.evaluate((id) => document.getElementById(id)?.textContent, active ?? "")).toContain("api.github.com");
    await press("Enter");
    const article = page.getByRole("article", { name: "Proposal" });
    await expect.poll(() => article.evaluate((element) => element === document.activeElement)).toBe(true);
    await press("r");
    await page.getByRole("heading", { name: "api.github.com was rejected" }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest("article") !== null)).toBe(true);
    await press("Escape");
    await expect.poll(() => list.evaluate((element) => element === document.activeElement)).toBe(true);
    await press("j");
    await page.getByRole("heading", { name: /gitea.example.org/ }).waitFor();
  });

  test("a click on a button that decides leaves the focus in the review", async () => {
    await using panel = await drivePanel(browser, { hash: FIRST });
    await panel.page.getByRole("button", { name: "Reject" }).click();
    await panel.page.getByRole("heading", { name: "packages.example.org was rejected" }).waitFor();
    await expect.poll(() => panel.page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Proposal");
  });

  test("/ filters by words, Escape clears and then leaves; an own kind, bottle and status are chosen", async () => {
    await using panel = await drivePanel(browser, { hash: FIRST });
    const { page, row, press } = panel;
    await row(/packages/).waitFor();
    await press("/");
    await page.keyboard.type("GITHUB");
    await expect.poll(() => row(/./).count()).toBe(1);
    await press("Escape");
    await row(/packages/).waitFor();
    await press("Escape");
    expect(await page.getByRole("listbox", { name: "Inbox" }).evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole("combobox", { name: "Kind" }).selectOption("Content rule");
    await expect.poll(() => row(/./).count()).toBe(1);
    await page.getByRole("combobox", { name: "Bottle" }).selectOption("docs-writer-h7m3d");
    await page.getByText("Nothing matches.").waitFor();
    await page.getByRole("button", { name: "Show everything" }).click();
    await page.getByRole("radio", { name: "Decided", exact: true }).click();
    await row(/approved with edit/).waitFor();
    expect(await row(/^waiting/).count()).toBe(0);
  });

  test("the list is grouped by bottle or by kind, with counts, or not at all; the choice is remembered", async () => {
    await using panel = await drivePanel(browser, { hash: FIRST });
    const headings = () => panel.page.getByRole("listbox").locator("[role=presentation] [role=presentation]").allTextContents();
    await expect
      .poll(headings)
      .toEqual(["api-refactor-k3v9q4", "deps-upgrade-p2x8c1", "docs-writer-h7m3d1", "Refused pushes1", "Decided3"]);
    await panel.page.getByRole("combobox", { name: "Group by" }).selectOption("by kind");
    await expect.poll(headings).toContain("New route3");
    await panel.page.getByRole("combobox", { name: "Group by" }).selectOption("ungrouped");
    await expect.poll(headings).toEqual(["Refused pushes1", "Decided3"]);
    expect(await panel.page.evaluate(() => localStorage.getItem("bot-bottle.preferences"))).toContain('"inboxGroups":"none"');
  });

  test("? tells every key", async () => {
    await using panel = await drivePanel(browser, { hash: FIRST });
    await panel.press("?");
    const inbox = panel.page.getByRole("dialog").getByRole("region", { name: "Inbox" });
    for (const key of ["J and K", "S and U", "X", "/", "1 to 4", "W"]) await inbox.getByText(key, { exact: true }).first().waitFor();
  });
});

describe("SUP-4, UI-3: nothing moves under the operator", () => {
  const some = (count: number) => Array.from({ length: count }, (_, at) => `api-refactor-k3v9q.n${at}`);

  test("what arrives is told as new and leaves the open row where it was", async () => {
    await using panel = await drivePanel(browser, { hash: "#/inbox/deps-upgrade-p2x8c.3", height: 460 });
    const { page, main, row } = panel;
    await row(/Dockerfile/).waitFor();
    const place = async () => (await row(/Dockerfile/).boundingBox())?.y;
    await expect.poll(place).toBeGreaterThan(0);
    const before = await place();
    await main.evaluate(({ proposals }, ids) => proposals.arriveAs(ids), some(3));
    await page.getByRole("button", { name: "3 new" }).waitFor();
    await page.getByRole("status").getByText("3 new entries in the inbox").waitFor({ state: "attached" });
    expect(await place()).toBe(before);
    await page.getByRole("heading", { name: /an image built from this Dockerfile/ }).waitFor();
    await page.getByRole("button", { name: "3 new" }).click();
    await expect.poll(() => page.url()).toContain("api-refactor-k3v9q.n0");
    await page.getByRole("button", { name: "3 new" }).waitFor({ state: "detached" });
  });

  test("with the pointer on the list every row stays, until it leaves", async () => {
    await using panel = await drivePanel(browser, { hash: "#/inbox/docs-writer-h7m3d.2" });
    const { page, main, row } = panel;
    await row(/fonts/).hover();
    const before = await row(/fonts/).boundingBox();
    await main.evaluate(({ proposals }, ids) => proposals.arriveAs(ids), some(2));
    await page.getByRole("button", { name: "2 new" }).waitFor();
    expect(await row(/fonts/).boundingBox()).toEqual(before);
    expect(await row(/packages/).count()).toBe(1);
    await page.getByRole("heading", { name: /fonts/ }).hover();
    await expect.poll(() => row(/packages/).count()).toBe(3);
  });
});

describe("SUP-4: putting off", () => {
  test("S for an hour, and U takes it back; what sleeps counts nowhere and wakes by itself", async () => {
    await using panel = await drivePanel(browser, { hash: FIRST });
    const { page, main, row, press, calls } = panel;
    await page.getByRole("button", { name: "Approve" }).waitFor();
    await press("s", "Enter");
    await row(/snoozed: New route.*packages/).waitFor();
    await page.getByRole("link", { name: "Inbox 5 waiting" }).waitFor();
    await page.getByRole("status", { name: "Outcome" }).getByText("1 proposal snoozed until").waitFor();
    const [{ ids, until }] = (await calls("proposals.snooze")) as [{ ids: string[]; until: string }];
    expect(ids).toEqual(["api-refactor-k3v9q.4"]);
    expect(Math.abs(Date.parse(until) - Date.now() - 3_600_000)).toBeLessThan(120_000);
    await page.getByRole("heading", { name: /api.github.com/ }).waitFor();
    await press("u");
    await row(/waiting: New route.*packages/).waitFor();
    await press("s", "Tab", "Enter");
    await row(/snoozed: New route.*github/).waitFor();
    await main.evaluate(({ proposals }) => proposals.wake(["api-refactor-k3v9q.5"]));
    await row(/waiting: New route.*github/).waitFor();
  });

  test("an own time must be still to come", async () => {
    await using panel = await drivePanel(browser, { hash: FIRST });
    await panel.page.getByRole("button", { name: "Approve" }).waitFor();
    await panel.press("s");
    await panel.page.getByLabel("Until", { exact: true }).fill("2020-01-01T09:00");
    await panel.page.getByRole("button", { name: "Snooze until then" }).click();
    await panel.page.getByText("Choose a time that is still to come.").waitFor();
    await panel.page.getByLabel("Until", { exact: true }).fill("2040-01-02T09:30");
    await panel.page.getByRole("button", { name: "Snooze until then" }).click();
    await panel.row(/wakes 2040-01-02 09:30/).waitFor();
  });

  test("a push that waits is not put off, and says so", async () => {
    await using panel = await drivePanel(browser, { hash: "#/inbox/api-refactor-k3v9q.g7" });
    await panel.page.getByRole("article", { name: "Held push" }).waitFor();
    await panel.press("s");
    await panel.page.getByText("Only a proposal that waits can be snoozed.").waitFor();
  });
});

describe("SUP-4: many at once", () => {
  test("X and Shift+J mark, R names all that goes and rejects it with one note; what fails is named and stays marked", async () => {
    await using panel = await drivePanel(browser, { hash: FIRST });
    const { page, main, press, calls } = panel;
    await page.getByRole("button", { name: "Approve" }).waitFor();
    await press("x", "Shift+J", "Shift+J");
    await page.getByRole("region", { name: "Marked" }).getByText("3 marked").waitFor();
    await press("r");
    await page.getByRole("alertdialog", { name: "Reject 3 proposals?" }).waitFor();
    const dialog = page.getByRole("alertdialog");
    const going = await dialog.getByRole("list", { name: "Rejected with this" }).getByRole("listitem").allTextContents();
    expect(going.map((each) => each.includes("api-refactor-k3v9q"))).toEqual([true, true, true]);
    await page.keyboard.type("one by one, please");
    await main.evaluate(({ proposals }) => {
      proposals.decideElsewhere = "api-refactor-k3v9q.5";
    });
    await dialog.getByRole("button", { name: "Reject 3" }).press("Enter");
    await dialog.getByRole("list", { name: "Not rejected" }).getByText("api-refactor-k3v9q.5", { exact: true }).waitFor();
    expect(await calls("proposals.reject-many")).toMatchObject([
      { items: Array.from({ length: 3 }, () => ({ note: "one by one, please", seenRevision: 7 })) },
    ]);
    expect(await calls("proposals.reject")).toEqual([]);
    await page.getByText("2 proposals rejected, 1 could not be.").waitFor({ state: "attached" });
    await press("Escape");
    await dialog.waitFor({ state: "detached" });
  });

  test("a shift click marks all up to there, a click on a mark takes it away, Escape all", async () => {
    await using panel = await drivePanel(browser, { hash: FIRST });
    const { page, row, press } = panel;
    await row(/packages/).click();
    await row(/Content rule/).click({ modifiers: ["Shift"] });
    await page.getByText("3 marked").waitFor();
    await row(/github/)
      .locator("[data-mark]")
      .click();
    await page.getByText("2 marked").waitFor();
    await press("Escape");
    await page.getByRole("region", { name: "Marked" }).waitFor({ state: "detached" });
  });

  test("R with marks never rejects what happens to be open, a held push least of all", async () => {
    await using panel = await drivePanel(browser, { hash: FIRST });
    await panel.page.getByRole("button", { name: "Approve" }).waitFor();
    await panel.press("x", "k");
    await panel.page.getByRole("article", { name: "Held push" }).waitFor();
    await panel.press("r");
    await panel.page.getByRole("alertdialog", { name: "Reject 1 proposal?" }).waitFor();
    expect(await panel.calls("pushes.refuse")).toEqual([]);
    expect(await panel.calls("proposals.reject")).toEqual([]);
  });
});

describe("SUP-8: links into the inbox", () => {
  test("a notification opens its proposal from any view, over any dialog", async () => {
    await using panel = await drivePanel(browser, { hash: "#/settings" });
    await panel.press("?");
    await panel.page.getByRole("dialog").waitFor();
    await panel.main.evaluate((main) => main.publish("proposal-link", { id: "docs-writer-h7m3d.2" }));
    await panel.page.getByRole("heading", { name: /fonts.example.net/ }).waitFor();
    await panel.page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("an address opens its proposal, also a decided one; one that is gone says so and opens no other", async () => {
    await using decided = await drivePanel(browser, { hash: "#/inbox/flaky-tests-w8n4t.1" });
    await decided.page.getByRole("heading", { name: "paste.example.net was rejected by a rule" }).waitFor();
    await decided.page.getByRole("link", { name: "No paste services" }).click();
    await decided.page.getByRole("heading", { name: "Rules" }).waitFor();
    await using gone = await drivePanel(browser, { hash: "#/inbox/demo-a1b2c.9" });
    await gone.page.getByText("It is not in the inbox any more").waitFor();
    expect(await gone.page.getByRole("article").count()).toBe(0);
  });

  test("a grant that ends by itself is told", async () => {
    await using panel = await drivePanel(browser, { hash: "#/settings" });
    await panel.main.evaluate((main) => main.routes.endGrant("api-refactor-k3v9q", "expired"));
    await panel.page.getByText("The grant of api-refactor-k3v9q for cdn.example.org (GET, any path) ended: its time is over.").waitFor();
  });
});
