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

const SLUG = "api-refactor-k3v9q";

async function editor() {
  const panel = await drivePanel(browser, { hash: "#/routes" });
  await panel.page.getByRole("button", { name: `Edit routes of ${SLUG}…` }).click();
  await panel.page.getByRole("table", { name: "Routes" }).waitFor();
  return panel;
}

describe("SUP-6: the operator edits routes", () => {
  test("by the palette and the keyboard alone: a route is narrowed, its effect read, made live with a note", async () => {
    await using panel = await drivePanel(browser, { hash: "#/inbox" });
    const { page, press, calls } = panel;
    await press("Control+k");
    await page.keyboard.type(`edit routes of ${SLUG}`);
    await press("Enter");
    const dialog = page.getByRole("dialog", { name: `Routes of ${SLUG}` });
    await dialog.getByText("Nothing is changed yet.").waitFor();
    await dialog.getByRole("button", { name: "Edit gitea.example.org" }).press("Enter");
    await dialog.getByRole("textbox", { name: "Methods" }).focus();
    await press("Control+a");
    await page.keyboard.type("GET");
    await dialog.getByRole("textbox", { name: /Change of the routes: 1 line added, 1 removed/ }).waitFor();
    await dialog.getByRole("textbox", { name: "Note for the audit log" }).fill("reads only");
    const live = dialog.getByRole("button", { name: "Make it live" });
    await expect.poll(() => live.getAttribute("aria-disabled")).toBeNull();
    await live.press("Enter");
    await dialog.waitFor({ state: "detached" });
    const [set] = await calls("routes.set");
    expect(set).toMatchObject({ slug: SLUG, seenRevision: 7, note: "reads only" });
    expect(set?.routes).toMatchObject([
      { host: "api.anthropic.com" },
      { host: "gitea.example.org", methods: ["GET"] },
      { host: "docs.python.org" },
    ]);
    expect(set?.keptGrants).toEqual(["api-refactor-k3v9q.2", "operator.1"]);
  });

  test("a route is added, one removed and kept again, a grant revoked", async () => {
    await using panel = await editor();
    const { page, calls } = panel;
    await page.getByRole("button", { name: "Remove docs.python.org" }).click();
    await page.getByRole("row", { name: /docs.python.org removed/ }).waitFor();
    await page.getByRole("button", { name: "Keep docs.python.org" }).click();
    await page.getByRole("button", { name: "Add route" }).click();
    await page.getByText("A route is not complete.").waitFor();
    await page.getByRole("textbox", { name: "Host" }).fill("new.example.org");
    await page.getByRole("button", { name: "Revoke the grant for cdn.example.org" }).click();
    await page.getByText("new.example.org was never reached from this bottle.").waitFor();
    await page.getByRole("button", { name: "Make it live" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const [set] = await calls("routes.set");
    expect(set?.routes).toHaveLength(4);
    expect(set?.keptGrants).toEqual(["operator.1"]);
  });

  test("what cannot be a route is said beside it, and nothing is made live", async () => {
    await using panel = await editor();
    const { page, calls } = panel;
    await page.getByRole("button", { name: "Add route" }).click();
    await page.getByRole("textbox", { name: "Host" }).fill("*.example.org");
    await page.getByText("A route is for one host: no wildcards.").waitFor();
    await page.getByRole("button", { name: "Make it live" }).click({ force: true });
    await page.getByRole("textbox", { name: "Paths" }).fill("no-slash");
    await page.getByText("Each path must start with /.").waitFor();
    expect(await calls("routes.set")).toEqual([]);
  });

  test("routes that change meanwhile are shown and read first; what another added is kept", async () => {
    await using panel = await editor();
    const { page, main, calls } = panel;
    await page.getByRole("button", { name: "Edit gitea.example.org" }).click();
    await page.getByRole("checkbox", { name: "any method" }).check();
    await page.getByRole("textbox", { name: /Change of the routes/ }).waitFor();
    await main.evaluate((fake, slug) => fake.changeRoutes(slug), SLUG);
    await page.getByText("revision 7 → 8").waitFor();
    await page.getByRole("button", { name: "Make it live" }).click({ force: true });
    expect(await calls("routes.set")).toEqual([]);
    await page.getByRole("row", { name: /docs.python.org/ }).waitFor({ state: "detached" });
    await page.getByRole("row", { name: /gitea.example.org changed/ }).waitFor();
    await page.getByRole("button", { name: "I have read it" }).click();
    const live = page.getByRole("button", { name: "Make it live" });
    await expect.poll(() => live.getAttribute("aria-disabled")).toBeNull();
    await live.click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await calls("routes.set")).toMatchObject([{ seenRevision: 8, routes: [{}, { host: "gitea.example.org", methods: null }] }]);
  });

  test("what main refuses as stale is asked about again", async () => {
    await using panel = await editor();
    const { page, main } = panel;
    await page.getByRole("button", { name: "Remove docs.python.org" }).click();
    const live = page.getByRole("button", { name: "Make it live" });
    await expect.poll(() => live.getAttribute("aria-disabled")).toBeNull();
    await main.evaluate((fake, slug) => fake.routes.changeSilently(slug), SLUG);
    await live.click();
    await page.getByRole("alert").getByText("The routes are at revision 8").waitFor();
    await page.getByText("revision 7 → 8").waitFor();
  });

  test("an edit is not lost by a slip: closing asks first", async () => {
    await using panel = await editor();
    const { page, press } = panel;
    await page.getByRole("button", { name: "Remove docs.python.org" }).click();
    await page.getByRole("row", { name: /docs.python.org removed/ }).waitFor();
    await press("Escape");
    await page.getByRole("alertdialog").getByRole("button", { name: "Go on editing" }).click();
    await page.getByRole("row", { name: /docs.python.org removed/ }).waitFor();
    await press("Escape");
    await page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click();
    await page.getByRole("table", { name: "Routes" }).waitFor({ state: "detached" });
    expect(await panel.calls("routes.set")).toEqual([]);
  });
});

describe("SUP-4: rules that decide proposals", () => {
  test("there are none until the operator makes one; a new one is off, and says what it does", async () => {
    await using panel = await drivePanel(browser, { scene: "first-run", hash: "#/rules" });
    const { page, press, calls } = panel;
    await page.getByText("Every proposal waits for you").waitFor();
    await page.getByRole("button", { name: "New rule…" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "New rule" });
    await dialog.getByRole("button", { name: "Save rule" }).click();
    await dialog.getByText("A name of at most 60 characters is needed.").waitFor();
    await dialog.getByRole("textbox", { name: "Name" }).fill("No paste services");
    await dialog.getByRole("textbox", { name: "Hosts" }).fill("*.paste.example");
    await dialog.getByText("Rejects everything from any bottle to *.paste.example.").waitFor();
    await dialog.getByRole("textbox", { name: "Note" }).fill("Not here.");
    await press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("list", { name: "Rules" }).getByText("Rejects everything from any bottle").waitFor();
    expect(await calls("rules.save")).toMatchObject([
      { seen: [], rules: [{ enabled: false, verdict: "reject", hosts: ["*.paste.example"] }] },
    ]);
  });

  test("an approval must be narrow before it can be kept", async () => {
    await using panel = await drivePanel(browser, { hash: "#/rules" });
    const { page, calls } = panel;
    await page.getByRole("button", { name: "New rule…" }).click();
    const dialog = page.getByRole("dialog", { name: "New rule" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("Wide");
    await dialog.getByRole("radio", { name: "Approve" }).click();
    await dialog.getByRole("button", { name: "Save rule" }).click();
    await dialog.getByText("An approval is for one bottle: name it.").waitFor();
    await dialog.getByText("must name at least one host").waitFor();
    expect(await calls("rules.save")).toEqual([]);
  });

  test("are turned on and off, put in order and removed; what another changed meanwhile is not overwritten", async () => {
    await using panel = await drivePanel(browser, { hash: "#/rules" });
    const { page, main, calls } = panel;
    await page.getByRole("switch", { name: "No paste services: on" }).click();
    await page.getByRole("listitem").filter({ hasText: "No paste services" }).getByText("off", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Try No paste services later" }).click();
    await expect.poll(async () => (await calls("rules.save")).length).toBe(2);
    await expect
      .poll(() => page.getByRole("list", { name: "Rules" }).getByRole("listitem").first().textContent())
      .toContain("Package registry");
    await main.evaluate(({ proposals }) => proposals.keep([]));
    await page.getByRole("button", { name: "Remove No paste services" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove rule" }).click();
    await page.getByRole("alertdialog").getByText("The rules were changed elsewhere meanwhile.").waitFor();
    await page.getByRole("alertdialog").getByRole("button", { name: "Keep it" }).click();
    await page.getByText("Every proposal waits for you").waitFor();
  });
});
