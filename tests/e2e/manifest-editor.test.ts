import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import { expectAccessible } from "../support/panel/accessibility.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";
import { keepPicture, openStartDialog } from "../support/panel/operate.ts";

const BASE = "---\n# for all of ours\nagent_provider:\n  template: shell\nsupervise: true\nenv:\n  TZ: UTC\n---\nBase.\n";

/** From a template to an agent that can be started, without leaving the panel (MAN-7, MAN-9, MAN-10). */
describe("the manifest editor on a real home", () => {
  let home: TestHome;
  let panel: Panel;

  const source = (name: string) => panel.page.getByRole("textbox", { name: `Source of ${name}.md` });
  const state = () => panel.page.getByRole("status", { name: "File" }).innerText();
  const onDisk = (folder: string, name: string) => readFile(join(home.path, folder, `${name}.md`), "utf8");
  const place = () => panel.page.getByRole("link", { name: /^Manifests/ });

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { base: BASE }, agents: {} }, ["world.test"]);
    panel = await launchPanel({ home: home.path, env: home.env });
    panel.page.setDefaultTimeout(20_000);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await keepPicture(panel.page, `editor-failed-${task.name.slice(0, 30).replaceAll(/\W+/g, "-")}`);
  });
  afterAll(async () => {
    await panel?.close();
    await home?.[Symbol.asyncDispose]();
  });

  it("makes a bottle from a template", async () => {
    await place().click();
    await panel.page.getByRole("link", { name: "base", exact: true }).first().waitFor();
    await panel.page.keyboard.press("b");
    const dialog = panel.page.getByRole("dialog", { name: "New bottle" });
    await dialog.getByRole("radio", { name: /shell/i }).first().click();
    await dialog.getByRole("textbox", { name: "Name" }).fill("mine");
    await panel.page.keyboard.press("Enter");
    await source("mine").waitFor();
    expect(await onDisk("bottles", "mine")).toContain("template: shell");
    await expect.poll(state).toBe("saved");
    await keepPicture(panel.page, "editor-1-new");
    await expectAccessible(panel.page);
  });

  it("writes what the form changes into the text and keeps the comments", async () => {
    const { page } = panel;
    await page.getByRole("combobox", { name: "Extends" }).selectOption("base");
    await page.getByRole("button", { name: "Add route" }).click();
    await page
      .getByRole("list", { name: "Routes" })
      .getByRole("button", { name: /^api\.example\.com/ })
      .click();
    await page.getByRole("textbox", { name: "Host", exact: true }).fill("world.test");
    await expect.poll(state).toBe("unsaved");
    await page.keyboard.press("Control+s");
    await expect.poll(state).toBe("saved");
    const written = await onDisk("bottles", "mine");
    expect(written).toContain("extends: base");
    expect(written).toContain("host: world.test");
    expect(written.match(/#.*/g), "the template's comments").not.toBeNull();
  });

  it("shows what the bottle really becomes, each value with its file and line", async () => {
    const { page } = panel;
    await page.getByRole("radio", { name: "What it becomes" }).click();
    const table = page.getByRole("table", { name: "What the bottle becomes" });
    await table.getByRole("row").filter({ hasText: "TZ" }).getByRole("button", { name: "from base, line 7" }).waitFor();
    await table
      .getByRole("row")
      .filter({ hasText: "world.test" })
      .getByRole("button", { name: /^here, line/ })
      .waitFor();
    await keepPicture(page, "editor-2-becomes");
    await expectAccessible(page);
    await page.getByRole("radio", { name: "Form" }).click();
  });

  it("shows a broken text with its line and a caret, and the form again once it is put right", async () => {
    const { page } = panel;
    await source("mine").focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("End");
    await page.keyboard.type("\nsupervize: true\nenv: a: b");
    await page.getByText("The form waits until the source can be read again.").waitFor();
    await expect.poll(() => page.getByRole("region", { name: "Source", exact: true }).innerText()).toMatch(/\^/);
    await page.keyboard.press("Control+s");
    await page.getByRole("alertdialog").getByRole("button", { name: "Go on editing" }).click();
    expect(await onDisk("bottles", "mine")).not.toContain("supervize");
    await page.getByRole("button", { name: "Discard" }).click();
    await expect.poll(state).toBe("saved");
    await expect.poll(() => page.getByRole("combobox", { name: "Extends" }).inputValue()).toBe("base");
  });

  it("makes an agent in it, which the start dialog offers", async () => {
    const { page } = panel;
    await place().click();
    await page.getByRole("button", { name: "New agent" }).first().click();
    const dialog = page.getByRole("dialog", { name: "New agent" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("worker");
    await page.keyboard.press("Enter");
    await source("worker").waitFor();
    await page.getByRole("combobox", { name: "Bottle" }).selectOption("mine");
    await page.getByRole("textbox", { name: "System prompt" }).fill("You work.");
    await expect.poll(state).toBe("unsaved");
    await page.keyboard.press("Control+s");
    await expect.poll(state).toBe("saved");
    expect(await onDisk("agents", "worker")).toMatch(/bottle: mine\n[\s\S]*You work\./);
    const start = await openStartDialog(page, "worker");
    await expect.poll(() => start.getByRole("region", { name: "Preflight" }).innerText()).toContain("world.test");
    await page.keyboard.press("Escape");
    await start.waitFor({ state: "detached" });
  });

  it("never overwrites what another program wrote: the difference is shown, then it is decided", async () => {
    const { page } = panel;
    const theirs = "---\nbottle: base\n---\nYou rest.\n";
    await page.getByRole("textbox", { name: "System prompt" }).fill("You work hard.");
    await expect.poll(state).toBe("unsaved");
    await writeFile(join(home.path, "agents", "worker.md"), theirs);
    const conflict = page.getByRole("region", { name: "Changed on disk" });
    await conflict.getByText("You rest.").waitFor();
    await keepPicture(page, "editor-3-conflict");
    await expectAccessible(page);
    await page.keyboard.press("Control+s");
    expect(await onDisk("agents", "worker")).toBe(theirs);
    await conflict.getByRole("button", { name: "Take the one on disk" }).click();
    await expect.poll(() => page.getByRole("textbox", { name: "System prompt" }).inputValue()).toBe("You rest.");
    await expect.poll(state).toBe("saved");
  });

  it("does not delete a bottle that is needed", async () => {
    const { page } = panel;
    await place().click();
    await page.getByRole("button", { name: "More for base" }).click();
    await page.getByRole("menuitem", { name: "Delete…" }).click();
    await page.getByRole("alertdialog").getByText("Bottles that extend it: mine.").waitFor();
    await page.keyboard.press("Escape");
    expect(await onDisk("bottles", "base")).toBe(BASE);
  });
});
