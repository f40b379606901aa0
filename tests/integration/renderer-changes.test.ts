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

async function changesOf(slug: string): Promise<Page> {
  const { page } = await openPanel(browser, { hash: `#/bottle/${slug}/changes`, scene: "busy" });
  page.setDefaultTimeout(10_000);
  return page;
}

function callsOf(page: Page, method: string): Promise<unknown[]> {
  return page.evaluate((name) => {
    const { fakeMain } = window as unknown as { fakeMain: FakeMain };
    return fakeMain.calls.filter((call) => call.method === name).map(({ input }) => input);
  }, method);
}

describe("the Changes tab (ENV-4, UI-3)", () => {
  test("is operated by keyboard alone: read, choose, bring back", async () => {
    const page = await changesOf("api-refactor-k3v9q");
    const list = page.getByRole("listbox", { name: "Changes" });
    await list.focus();
    await page.keyboard.press("Home");
    await page.getByRole("region", { name: "Change" }).getByText("direnv runs it").waitFor();
    for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowDown");
    await page.getByText("Your file changed too since it was copied").waitFor();
    await page.keyboard.press(" ");
    await page.getByRole("option", { name: /src\/db\/pool/, selected: true }).waitFor();
    await page.keyboard.press("ControlOrMeta+a");
    await page.getByText("9 changes chosen").waitFor();
    await page.getByRole("button", { name: "Bring back 9…" }).press("Enter");
    const dialog = page.getByRole("alertdialog");
    await dialog.getByText("/home/ada/src/api").waitFor();
    await dialog.getByText("1 file of yours changed too, and would be replaced").waitFor();
    await dialog.getByRole("button", { name: "Bring back" }).press("Enter");
    await page.getByRole("status", { name: "Brought back" }).getByText("9 changes brought back").waitFor();
    const [applied] = (await callsOf(page, "workspace.apply")) as { paths: string[]; overwrite: string[] }[];
    expect(applied?.overwrite).toEqual(["src/db/pool.ts"]);
    expect(applied?.paths).not.toContain("latest");
    await page.context().close();
  });

  test("leaves what may run by itself, and conflicts, for the operator to choose", async () => {
    const page = await changesOf("api-refactor-k3v9q");
    await page.getByText("5 changes chosen").waitFor();
    for (const name of [/envrc/, /package\.json/, /pool\.ts/, /setup\.js/, /latest/])
      await page.getByRole("option", { name, selected: false }).first().waitFor();
    await page.getByRole("option", { name: /latest/ }).click({ force: true });
    await page.keyboard.press(" ");
    await page.getByText("5 changes chosen").waitFor();
    await page.context().close();
  });

  test("shows what hides in names and contents, as text", async () => {
    const page = await changesOf("api-refactor-k3v9q");
    await page.getByRole("option", { name: /src\/auth\/check/ }).click();
    const region = page.getByRole("region", { name: "Change" });
    for (const code of ["U+200B", "U+202E", "U+2066", "U+001B"]) await region.getByText(code).waitFor();
    expect(await page.getByRole("option", { name: /invoice/ }).textContent()).toContain("U+202E");
    await page.context().close();
  });

  test("filters by words and by standing", async () => {
    const page = await changesOf("api-refactor-k3v9q");
    await page.getByRole("searchbox", { name: "Filter changes" }).fill("db");
    await expect.poll(() => page.getByRole("option").count()).toBe(2);
    await page.getByRole("radio", { name: /^Conflicts/ }).click();
    await expect.poll(() => page.getByRole("option").count()).toBe(1);
    await page.getByRole("searchbox", { name: "Filter changes" }).fill("nothing like it");
    await page.getByText("Nothing matches.").waitFor();
    await page.context().close();
  });

  test("shows how far a comparison is, and ends it", async () => {
    const page = await changesOf("docs-writer-h7m3d");
    await page.getByText("48,211 entries").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("The comparison was cancelled").waitFor();
    expect(await callsOf(page, "workspace.cancel")).toEqual([{ slug: "docs-writer-h7m3d" }]);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    await page.context().close();
  });

  test("says what is lost with a bottle before it is stopped", async () => {
    const page = await changesOf("api-refactor-k3v9q");
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("alertdialog").getByText("bring back what you want to keep first").waitFor();
    await page.context().close();
  });
});
