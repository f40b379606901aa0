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

async function editor(name: string, kind = "bottle", query = ""): Promise<Page> {
  const page = await panel(`#/manifests/${kind}/${name}${query}`);
  await source(page, name).waitFor();
  await page.getByRole("heading", { name: "Basics" }).waitFor();
  return page;
}

const source = (page: Page, name: string) => page.getByRole("textbox", { name: `Source of ${name}.md` });
const fileState = (page: Page) => page.getByRole("status", { name: "File" });

/** The text in the source pane, as far as it is drawn. */
async function text(page: Page, name: string): Promise<string> {
  return source(page, name).evaluate((content) => [...content.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\n"));
}

/** What the fake main has on disk. */
function onDisk(page: Page, kind: "bottle" | "agent", name: string): Promise<string | undefined> {
  return page.evaluate(
    ([k, n]) => (window as unknown as { fakeMain: FakeMain }).fakeMain.manifests.shelf.find(k as "bottle", n as string, null)?.source,
    [kind, name],
  );
}

function writeElsewhere(page: Page, kind: "bottle" | "agent", name: string, content: string): Promise<void> {
  return page.evaluate(
    ([k, n, c]) => (window as unknown as { fakeMain: FakeMain }).fakeMain.manifests.writeElsewhere(k as "bottle", n as string, c as string),
    [kind, name, content],
  );
}

describe("MAN-9: the list", () => {
  test("says who rests on whom, and shows an error beside its file with its line and a caret", async () => {
    const page = await panel("#/manifests");
    const row = (name: RegExp) => page.getByRole("list", { name: "Manifests" }).getByRole("listitem").filter({ hasText: name }).first();
    await expect.poll(() => row(/^usable: claude/).innerText()).toMatch(/in bottle dev\s*→\s*which extends\s+base/);
    expect(await row(/^usable: dev/).innerText()).toMatch(/extends base[\s\S]*used by claude, docs-writer/);
    const problem = page.getByRole("list", { name: "Problems of research" });
    expect(await problem.innerText()).toMatch(/unknown key "egres".*\s+.*research\.md:7\s+egres:\n\^{5}/);
    await problem.getByRole("link").click();
    await source(page, "research").waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toContain("cm-content");
    expect(await page.locator(".cm-activeLine").first().innerText()).toBe("egres:");
    await page.context().close();
  });

  test("by keyboard: / filters, arrows go from name to name, Enter opens", async () => {
    const page = await panel("#/manifests");
    await page.getByRole("link", { name: "demo", exact: true }).first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("handbook");
    await expect
      .poll(() => page.getByRole("list", { name: "Manifests" }).locator("[data-manifest]").allInnerTexts())
      .toEqual(["docs-writer"]);
    await page.getByRole("searchbox", { name: "Filter manifests" }).fill("");
    await page.locator("[data-manifest]").getByText("base", { exact: true }).focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("demo");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("dev");
    await page.keyboard.press("Enter");
    await source(page, "dev").waitFor();
    await page.context().close();
  });

  test("of a thousand agents only those in sight exist, and the last is one key away (SCL-1)", async () => {
    const page = await panel("#/manifests", "crowded");
    await page.getByRole("link", { name: "base", exact: true }).first().waitFor();
    expect(await page.locator("[data-manifest]").count()).toBeLessThan(60);
    await page.locator("[data-manifest]").getByText("base", { exact: true }).focus();
    await page.keyboard.press("End");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("worker-999");
    await page.getByRole("searchbox", { name: "Filter manifests" }).fill("worker-500");
    await expect.poll(() => page.locator("[data-manifest]").allInnerTexts()).toEqual(["worker-500"]);
    await page.context().close();
  });

  test("teaches where there is nothing", async () => {
    const page = await panel("#/manifests", "first-run");
    await page.getByRole("heading", { name: "No manifests yet" }).waitFor();
    await page.getByRole("main").getByRole("button", { name: "New agent" }).last().click();
    await page.getByRole("dialog", { name: "New agent" }).waitFor();
    await page.context().close();
  });
});

describe("new, copied and deleted files", () => {
  test("a bottle from a template: the name is checked, the file is made, its editor opens", async () => {
    const page = await panel("#/manifests");
    await page.getByRole("link", { name: "demo", exact: true }).first().waitFor();
    await page.keyboard.press("b");
    const dialog = page.getByRole("dialog", { name: "New bottle" });
    const name = dialog.getByRole("textbox", { name: "Name" });
    expect(await name.inputValue()).toBe("shell");
    await dialog.getByRole("radio", { name: "Claude Code" }).click();
    expect(await name.inputValue(), "a name not typed follows the template").toBe("claude");
    await name.fill("Not a name");
    await dialog.getByText("A name starts with a-z").waitFor();
    await name.fill("dev");
    await dialog.getByText("There is a bottle dev already.").waitFor();
    await name.press("Enter");
    expect(await dialog.isVisible()).toBe(true);
    await name.fill("mine");
    await name.press("Enter");
    await source(page, "mine").waitFor();
    expect(await onDisk(page, "bottle", "mine")).toContain("# The name of a secret, not its value.");
    expect(await fileState(page).innerText()).toBe("saved");
    await page.context().close();
  });

  test("a copy starts with the text of the other", async () => {
    const page = await panel("#/manifests");
    await page.getByRole("button", { name: "More for demo" }).first().click();
    await page.getByRole("menuitem", { name: "Duplicate…" }).click();
    const dialog = page.getByRole("dialog", { name: "Duplicate demo" });
    expect(await dialog.getByRole("textbox", { name: "Name" }).inputValue()).toBe("demo-copy");
    await dialog.getByRole("button", { name: "Create bottle" }).click();
    await source(page, "demo-copy").waitFor();
    expect(await onDisk(page, "bottle", "demo-copy")).toBe(await onDisk(page, "bottle", "demo"));
    await page.context().close();
  });

  test("deleting says who depends on it and then does not; an agent goes", async () => {
    const page = await editor("base");
    await page.getByRole("button", { name: "More for base" }).click();
    await page.getByRole("menuitem", { name: "Delete…" }).click();
    const refused = page.getByRole("alertdialog", { name: "Delete the bottle base?" });
    await refused.getByText("Bottles that extend it: dev.").waitFor();
    expect(await refused.getByRole("button", { name: "Delete file" }).getAttribute("aria-disabled")).toBe("true");
    await page.keyboard.press("Escape");
    await page.evaluate(() => {
      window.location.hash = "#/manifests/agent/reader";
    });
    await source(page, "reader").waitFor();
    await page.getByRole("button", { name: "More for reader" }).click();
    await page.getByRole("menuitem", { name: "Delete…" }).click();
    await page.getByRole("button", { name: "Delete file" }).click();
    await page.getByRole("heading", { name: "Manifests" }).waitFor();
    await expect.poll(() => page.getByRole("link", { name: "reader", exact: true }).count()).toBe(0);
    await page.context().close();
  });
});

describe("MAN-10: form and source", () => {
  test("a field is written into the text at once; comments stay; undo in the source takes it back", async () => {
    const page = await editor("dev");
    await page.getByRole("combobox", { name: "Credential", exact: true }).fill("OTHER_TOKEN");
    await expect.poll(() => text(page, "dev")).toContain("auth_token: OTHER_TOKEN # the team's subscription");
    expect(await fileState(page).innerText()).toBe("unsaved");
    await source(page, "dev").focus();
    for (let presses = 0; presses < 20 && (await text(page, "dev")).includes("OTHER"); presses += 1) await page.keyboard.press("Control+z");
    await expect.poll(() => page.getByRole("combobox", { name: "Credential", exact: true }).inputValue()).toBe("CLAUDE_OAUTH");
    expect(await fileState(page).innerText()).toBe("saved");
    await page.context().close();
  });

  test("typing in the source shows in the form", async () => {
    const page = await editor("demo", "bottle", "?line=4");
    await page.keyboard.press("End");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("false");
    await expect.poll(() => page.getByRole("radiogroup", { name: "Supervise" }).getByRole("radio", { name: "off" }).isChecked()).toBe(true);
    await page.context().close();
  });

  test("routes: one is added, changed, removed; keys without a field are named with their line and kept", async () => {
    const page = await editor("dev");
    const routes = page.getByRole("list", { name: "Routes" });
    await page.getByRole("button", { name: /^packages.example.org/ }).click();
    await routes.getByRole("button", { name: /Also set, in the source only: strip/ }).click();
    await expect.poll(() => page.locator(".cm-activeLine").first().innerText()).toMatch(/host: packages/);
    await page.getByRole("textbox", { name: "Methods" }).fill("get post");
    await expect.poll(() => text(page, "dev")).toMatch(/packages\.example\.org\n\s+methods: \[GET, POST\]\n\s+strip:/);
    await page.getByRole("button", { name: "Add route" }).click();
    await expect.poll(() => text(page, "dev")).toContain("- host: api.example.com");
    await page.getByRole("button", { name: "Remove the route to docs.python.org" }).click();
    await expect.poll(() => text(page, "dev")).not.toContain("docs.python.org");
    expect(await text(page, "dev")).toContain("# Reads and writes of the team's own repositories.");
    await page.context().close();
  });

  test("variables: the kind is chosen, a name is checked, the value is written", async () => {
    const page = await editor("dev");
    await page.getByRole("combobox", { name: "Kind of CI" }).selectOption("asked at start");
    await expect.poll(() => text(page, "dev")).toMatch(/CI: "?\?1"?/);
    await page.getByRole("textbox", { name: "Name of a new variable" }).fill("9lives");
    await page.getByText("not a digit first").waitFor();
    await page.getByRole("textbox", { name: "Name of a new variable" }).fill("LIVES");
    await page.keyboard.press("Enter");
    await expect.poll(() => text(page, "dev")).toContain(`LIVES: \${LIVES}`);
    await page.getByRole("combobox", { name: "Kind of LIVES" }).selectOption("text");
    await page.getByRole("textbox", { name: "Value of LIVES" }).fill("9");
    await expect.poll(() => text(page, "dev")).toMatch(/LIVES: "9"/);
    await page.context().close();
  });

  test("while the source cannot be read the form says so and does nothing; the place is one click away", async () => {
    const page = await editor("demo", "bottle", "?line=3");
    await page.keyboard.press("End");
    await page.keyboard.type(": [");
    await page.getByText("The form waits until the source can be read again.").waitFor();
    expect(await page.getByRole("textbox", { name: "Dockerfile" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: /^Go to line/ }).click();
    await source(page, "demo").focus();
    for (let presses = 0; presses < 12 && (await page.getByText("The form waits").count()) > 0; presses += 1)
      await page.keyboard.press("Control+z");
    await expect.poll(() => page.getByRole("textbox", { name: "Dockerfile" }).isDisabled()).toBe(false);
    await page.context().close();
  });

  test("what a field cannot show is pointed to, not dropped", async () => {
    const page = await panel("#/manifests");
    await writeElsewhere(page, "bottle", "odd", "---\nagent_provider:\n  template: [a, b]\nenv:\n  PORT: 8080\negress: soon\n---\n");
    await page.evaluate(() => {
      window.location.hash = "#/manifests/bottle/odd";
    });
    await source(page, "odd").waitFor();
    await page.getByRole("button", { name: /The file has a list here/ }).click();
    await expect.poll(() => page.locator(".cm-activeLine").first().innerText()).toContain("template");
    await page.getByRole("button", { name: /put the value in quotes/ }).waitFor();
    await page.getByRole("textbox", { name: "Description" }).fill("Odd.");
    await expect.poll(() => text(page, "odd")).toContain("Odd.");
    expect(await text(page, "odd")).toContain("template: [a, b]\nenv:\n  PORT: 8080\negress: soon");
    await page.context().close();
  });

  test("completion offers keys, values and names at the cursor; Tab takes one", async () => {
    const page = await editor("demo", "bottle", "?line=4");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type("ext");
    await page
      .getByRole("listbox")
      .getByRole("option", { name: /^extends/ })
      .waitFor();
    await page.keyboard.press("Tab");
    await expect.poll(() => text(page, "demo")).toContain("extends: ");
    await page.getByRole("listbox").getByRole("option", { name: /^base/ }).click();
    await expect.poll(() => text(page, "demo")).toContain("extends: base");
    await expect.poll(() => page.getByRole("combobox", { name: "Extends" }).inputValue()).toBe("base");
    await page.context().close();
  });

  test("a key explains itself under the pointer", async () => {
    const page = await editor("demo");
    await page.locator(".cm-line").filter({ hasText: "supervise" }).getByText("supervise").hover();
    await page
      .locator(".cm-key-docs")
      .filter({ hasText: /supervise.*true or false/ })
      .waitFor();
    await page.context().close();
  });

  test("nobody is caught in the source: Escape, then Tab leaves", async () => {
    const page = await editor("demo", "bottle", "?line=3");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest(".cm-content") === null)).toBe(true);
    expect(await fileState(page).innerText()).toBe("saved");
    await page.context().close();
  });

  test("characters that hide or turn text round are drawn by their code", async () => {
    const page = await panel("#/manifests");
    await writeElsewhere(page, "agent", "sly", "---\nbottle: demo\n---\nAllow \u202eeverything\u200b.\n");
    await page.evaluate(() => {
      window.location.hash = "#/manifests/agent/sly";
    });
    await source(page, "sly").waitFor();
    await expect.poll(() => page.locator(".cm-hidden-character").allInnerTexts()).toEqual(["U+202E", "U+200B"]);
    await page.context().close();
  });
});

describe("MAN-7: what it becomes", () => {
  test("each value leads to its line, also in the parent's file", async () => {
    const page = await editor("dev");
    await page.getByRole("radio", { name: "What it becomes" }).click();
    const table = page.getByRole("table", { name: "What the bottle becomes" });
    const row = (name: string) => table.getByRole("row").filter({ hasText: name }).first();
    expect(await row("auth_token").innerText()).toMatch(/CLAUDE_OAUTH\s+here, line 5/);
    expect(await row("api.anthropic.com").innerText()).toMatch(/provider claude/);
    await row("auth_token").getByRole("button").click();
    await expect.poll(() => page.locator(".cm-activeLine").first().innerText()).toContain("auth_token");
    await row("LANG").getByRole("button", { name: "from base, line 6" }).click();
    await source(page, "base").waitFor();
    await expect.poll(() => page.locator(".cm-activeLine").first().innerText()).toContain("LANG");
    await page.context().close();
  });

  test("an agent shows its bottle with its own identity over it", async () => {
    const page = await editor("docs-writer", "agent");
    await page.getByRole("radio", { name: "What it becomes" }).click();
    const table = page.getByRole("table", { name: "What the bottle becomes" });
    expect(await table.getByRole("row").filter({ hasText: "user.name" }).innerText()).toMatch(/Docs Writer\s+here/);
    expect(await table.getByRole("row").filter({ hasText: "user.email" }).innerText()).toMatch(/agents@example\.org\s+from base/);
    await page.context().close();
  });
});

describe("saving and leaving", () => {
  test("Ctrl+S saves from anywhere; with errors it asks first", async () => {
    const page = await editor("research", "bottle", "?line=7");
    await page.keyboard.press("Home");
    await page.keyboard.type("# ");
    await page.keyboard.press("Control+s");
    const dialog = page.getByRole("alertdialog", { name: "Save research with errors?" });
    await dialog.getByRole("button", { name: "Go on editing" }).click();
    expect(await onDisk(page, "bottle", "research")).toContain("\negres:");
    await source(page, "research").focus();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Control+s");
    await dialog.getByRole("button", { name: "Save with errors" }).click();
    await expect.poll(() => fileState(page).innerText()).toBe("saved");
    expect(await onDisk(page, "bottle", "research")).toContain("# egres:");
    await page.context().close();
  });

  test("a file that another program changes: the difference is shown, and nothing is lost before it is decided", async () => {
    const page = await editor("demo", "bottle", "?line=2");
    await page.keyboard.type("# mine\n");
    await writeElsewhere(page, "bottle", "demo", "---\nsupervise: false\n---\nTheirs.\n");
    const conflict = page.getByRole("region", { name: "Changed on disk" });
    await conflict.getByRole("list", { name: /Yours against the file on disk/ }).waitFor();
    await page.keyboard.press("Control+s");
    expect(await onDisk(page, "bottle", "demo")).toBe("---\nsupervise: false\n---\nTheirs.\n");
    await conflict.getByRole("button", { name: "Keep mine" }).click();
    await conflict.waitFor({ state: "detached" });
    await page.keyboard.press("Control+s");
    await expect.poll(() => onDisk(page, "bottle", "demo")).toContain("# mine");
    await page.context().close();
  });

  test("without changes the text follows the file", async () => {
    const page = await editor("demo");
    await writeElsewhere(page, "bottle", "demo", "---\nsupervise: false\n---\nTheirs.\n");
    await expect.poll(() => text(page, "demo")).toContain("Theirs.");
    expect(await fileState(page).innerText()).toBe("saved");
    await page.context().close();
  });

  test("leaving with changes asks: stay, discard, or save and leave", async () => {
    const page = await editor("demo", "bottle", "?line=2");
    await page.keyboard.type("# mine\n");
    const routes = page.getByRole("link", { name: "Routes" });
    const dialog = page.getByRole("alertdialog", { name: "Leave demo without saving?" });
    await routes.click();
    await dialog.getByRole("button", { name: "Stay" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await text(page, "demo")).toContain("# mine");
    expect(new URL(page.url()).hash).toContain("manifests/bottle/demo");
    await routes.click();
    await dialog.getByRole("button", { name: "Save and leave" }).click();
    await page.getByRole("heading", { name: "Routes" }).waitFor();
    expect(await onDisk(page, "bottle", "demo")).toContain("# mine");
    await page.context().close();
  });

  test("discarded changes are gone", async () => {
    const page = await editor("demo", "bottle", "?line=2");
    await page.keyboard.type("# mine\n");
    await page.getByRole("link", { name: "Audit" }).click();
    await page.getByRole("button", { name: "Discard changes" }).click();
    await page.getByRole("heading", { name: "Audit" }).waitFor();
    expect(await onDisk(page, "bottle", "demo")).not.toContain("# mine");
    await page.context().close();
  });

  test("what was typed is there again after the window was closed; discarding forgets it", async () => {
    const page = await editor("demo", "bottle", "?line=2");
    await page.keyboard.type("# mine");
    await expect.poll(() => fileState(page).innerText()).toBe("unsaved");
    await page.reload();
    await source(page, "demo").waitFor();
    await expect.poll(() => text(page, "demo")).toContain("# mine");
    expect(await fileState(page).innerText()).toBe("unsaved");
    await page.getByRole("button", { name: "Discard" }).click();
    await expect.poll(() => text(page, "demo")).not.toContain("# mine");
    await page.reload();
    await source(page, "demo").waitFor();
    expect(await fileState(page).innerText()).toBe("saved");
    await page.context().close();
  });

  test("a workspace's agents are listed with it", async () => {
    const page = await panel("#/manifests");
    await page.getByRole("combobox", { name: "Workspace whose agents are listed too" }).selectOption("/home/ada/src/api");
    await page.locator("[data-manifest]").getByText("api-refactor").click();
    await source(page, "api-refactor").waitFor();
    await page.getByText("Read only: this file belongs to the workspace.").waitFor();
    await page.context().close();
  });

  test("files of a workspace are shown, say why they are read only, and are not written", async () => {
    const query = `?${new URLSearchParams({ workspace: "/home/ada/src/api" })}`;
    const page = await editor("api-refactor", "agent", query);
    await page.getByText("Read only: this file belongs to the workspace.").waitFor();
    expect(await page.getByRole("textbox", { name: "System prompt" }).isDisabled()).toBe(true);
    await source(page, "api-refactor").focus();
    await page.keyboard.type("x");
    expect(await fileState(page).innerText()).toBe("read only");
    expect(await page.getByRole("button", { name: "Save" }).getAttribute("aria-disabled")).toBe("true");
    await page.context().close();
  });
});
