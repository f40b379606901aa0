import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FakeMain } from "../support/fake-bridge/fake-main.ts";
import { buildFakePanel, launchBrowser, openPanel } from "../support/fake-bridge/fake-panel.ts";

const CANARY = "canary-window-5ad0";

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

/** What the window asked of main, by method; forgotten with that, so that the fake keeps no secret in the page. */
function takeCalls(page: Page, method: string): Promise<Record<string, unknown>[]> {
  return page.evaluate((name) => {
    const { fakeMain } = window as unknown as { fakeMain: FakeMain };
    const inputs = fakeMain.calls.filter((call) => call.method === name).map((call) => call.input as Record<string, unknown>);
    fakeMain.calls.length = 0;
    return inputs;
  }, method);
}

/** Whether anything that the page's scripts can still reach, or that it shows or keeps, holds the text. */
async function pageHolds(page: Page, text: string): Promise<boolean> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  const shown = await page.evaluate(() => [
    document.documentElement.outerHTML,
    JSON.stringify({ ...localStorage, ...sessionStorage }),
    ...[...document.querySelectorAll("input, textarea")].map((field) => (field as HTMLInputElement).value),
  ]);
  return [chunks.join(""), ...shown].some((part) => part.includes(text));
}

describe("the Secrets view (ENV-2, UI-3)", () => {
  test("stores what a manifest lacks, by keyboard; the value is gone from the window once it is sent (ENV-3)", async () => {
    const page = await panel("#/secrets");
    await page.getByRole("button", { name: "Store GITEA_PAT…" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Store GITEA_PAT" });
    await dialog.getByRole("textbox", { name: "Value" }).pressSequentially(CANARY);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("row", { name: /GITEA_PAT stored/ }).waitFor();
    await page.getByRole("link", { name: "Secrets", exact: true }).waitFor();
    expect(await takeCalls(page, "secrets.set")).toEqual([{ name: "GITEA_PAT", value: CANARY }]);
    await expect.poll(() => pageHolds(page, CANARY), { timeout: 30_000 }).toBe(false);
    await page.context().close();
  });

  test("keeps all lines of a key, and a token without the end of its line", async () => {
    const page = await panel("#/secrets");
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n";
    for (const [name, typed] of [
      ["A_KEY", key],
      ["A_TOKEN", `${CANARY}\n`],
    ] as const) {
      await page.getByRole("button", { name: "Add secret…" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill(name);
      await page.getByRole("textbox", { name: "Value" }).fill(typed);
      await page.getByRole("button", { name: "Store", exact: true }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    expect(await takeCalls(page, "secrets.set")).toEqual([
      { name: "A_KEY", value: key },
      { name: "A_TOKEN", value: CANARY },
    ]);
    await page.context().close();
  });

  test("makes the store first where there is none; two passphrases that differ make nothing", async () => {
    const page = await panel("#/secrets", "first-run");
    await page.getByRole("button", { name: "Add secret…" }).click();
    await page.getByRole("radio", { name: /A passphrase/ }).click();
    await page.getByRole("textbox", { name: "New passphrase" }).fill(CANARY);
    await page.getByRole("textbox", { name: "The same once more" }).fill(`${CANARY}x`);
    await page.getByRole("button", { name: "Make the store" }).click();
    await page.getByRole("alert").getByText("The two passphrases differ").waitFor();
    expect(await takeCalls(page, "secrets.create")).toEqual([]);
    await page.getByRole("textbox", { name: "New passphrase" }).fill(CANARY);
    await page.getByRole("textbox", { name: "The same once more" }).fill(CANARY);
    await page.getByRole("button", { name: "Make the store" }).click();
    await page.getByRole("textbox", { name: "Value" }).waitFor();
    expect(await takeCalls(page, "secrets.create")).toEqual([{ protection: "passphrase", passphrase: CANARY }]);
    await page.context().close();
  });

  test("locks, says a wrong passphrase, unlocks with the right one", async () => {
    const page = await panel("#/secrets");
    await page.getByRole("button", { name: "Lock", exact: true }).click();
    await page.getByRole("row", { name: /DEPLOY_KEY stored, locked/ }).waitFor();
    await page.getByRole("button", { name: "Unlock…" }).click();
    const dialog = page.getByRole("dialog", { name: "Unlock the secret store" });
    await dialog.getByRole("textbox", { name: "Passphrase of the store" }).fill("four blind mice");
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").getByText("not the passphrase").waitFor();
    await dialog.getByRole("textbox", { name: "Passphrase of the store" }).fill("three blind mice");
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /DEPLOY_KEY stored dev/ }).waitFor();
    await page.context().close();
  });

  test("asks before it removes, and says who loses it", async () => {
    const page = await panel("#/secrets");
    await page.getByRole("button", { name: "Remove BOT_BOTTLE_CLAUDE_OAUTH_TOKEN" }).click();
    const dialog = page.getByRole("alertdialog", { name: "Remove BOT_BOTTLE_CLAUDE_OAUTH_TOKEN?" });
    await dialog.getByText(/api-refactor-k3v9q, deps-update-q8w2e get the value/).waitFor();
    await dialog.getByRole("button", { name: "Keep it" }).click();
    expect(await takeCalls(page, "secrets.remove")).toEqual([]);
    await page.getByRole("button", { name: "Remove DEPLOY_KEY" }).click();
    await page.getByRole("button", { name: "Remove secret" }).click();
    await page.getByRole("row", { name: /DEPLOY_KEY missing/ }).waitFor();
    expect(await takeCalls(page, "secrets.remove")).toEqual([{ name: "DEPLOY_KEY" }]);
    await page.context().close();
  });

  test("what is typed is hidden until it is asked to show, and gone when the dialog is left", async () => {
    const page = await panel("#/secrets");
    await page.getByRole("button", { name: "Store GITEA_PAT…" }).click();
    const field = page.getByRole("textbox", { name: "Value" });
    await field.fill(CANARY);
    const security = () => field.evaluate((element) => getComputedStyle(element).getPropertyValue("-webkit-text-security"));
    expect(await security()).toBe("disc");
    await page.getByRole("button", { name: "Show what is typed" }).click();
    expect(await security()).toBe("none");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Store GITEA_PAT…" }).click();
    expect(await field.inputValue()).toBe("");
    await page.context().close();
  });
});

describe("the start dialog (ENV-1, BTL-1, UI-4)", () => {
  async function chooseWriter(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Start agent", exact: true }).click();
    await page.getByRole("combobox", { name: "Agent" }).fill("docs");
    await page.getByRole("option", { name: /docs-writer/ }).click();
    await page.getByRole("button", { name: "Store GITEA_PAT…" }).waitFor();
  }

  test("stores what is missing from where it is missed, then waits for what the bottle asks for", async () => {
    const page = await panel("#/inbox");
    await chooseWriter(page);
    const dialog = page.getByRole("dialog", { name: "Start an agent" });
    await dialog.getByRole("status").getByText("GITEA_PAT is not set").waitFor();
    await page.getByRole("button", { name: "Store GITEA_PAT…" }).click();
    await page.getByRole("textbox", { name: "Value" }).fill("stored now");
    await page.getByRole("button", { name: "Store", exact: true }).click();
    await dialog.getByRole("status").getByText("Enter WIKI_PASSWORD.").waitFor();
    expect(await takeCalls(page, "bottles.start")).toEqual([]);
    await dialog.getByRole("textbox", { name: "Password of the wiki" }).pressSequentially(CANARY);
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    expect(await takeCalls(page, "bottles.start")).toEqual([{ agent: "docs-writer", workspace: null, answers: { WIKI_PASSWORD: CANARY } }]);
    await expect.poll(() => pageHolds(page, CANARY), { timeout: 30_000 }).toBe(false);
    await page.context().close();
  });

  test("never sends an answer with a check, and asks again for one that was given when told to", async () => {
    const page = await panel("#/inbox");
    await chooseWriter(page);
    await page.getByRole("textbox", { name: "Password of the wiki" }).fill(CANARY);
    await page.getByRole("textbox", { name: /Workspace/ }).fill("/home/ada/src/docs");
    await page.getByText("/home/ada/src/docs → ").waitFor();
    for (const input of await takeCalls(page, "bottles.preflight")) expect(JSON.stringify(input)).not.toContain(CANARY);
    await page.getByRole("button", { name: "Enter REVIEW_TOKEN again" }).click();
    await page.getByRole("textbox", { name: "Token for reviews" }).waitFor();
    await page.context().close();
  });

  test("starts in another bottle and without a copy where the operator says so", async () => {
    const page = await panel("#/inbox");
    await page.getByRole("button", { name: "Start agent", exact: true }).click();
    await page.getByRole("combobox", { name: "Agent" }).fill("dem");
    await page.getByRole("option", { name: /demo/ }).click();
    await page.getByRole("combobox", { name: "Bottle" }).selectOption("dev");
    await page.getByRole("textbox", { name: /Workspace/ }).fill("/home/ada/src/docs");
    await page.getByRole("checkbox", { name: /Copy the folder into the bottle/ }).uncheck();
    const dialog = page.getByRole("dialog", { name: "Start an agent" });
    await dialog.getByText("none: starts in an empty home").waitFor();
    await dialog.getByRole("button", { name: "Start", exact: true, disabled: false }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await takeCalls(page, "bottles.start")).toEqual([
      { agent: "demo", bottle: "dev", workspace: "/home/ada/src/docs", copyWorkspace: false },
    ]);
    await page.context().close();
  });
});
