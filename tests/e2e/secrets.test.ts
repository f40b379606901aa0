import { createHash } from "node:crypto";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import { engineView, filesHolding, processesHolding } from "../support/bottle/canary-search.ts";
import { runCli } from "../support/bottle/cli.ts";
import type { OutsideWorld } from "../support/outside-world/outside-world.ts";
import { startOutsideWorld } from "../support/outside-world/outside-world.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";
import { expectOnScreen, keepPicture, openStartDialog, shownSlug, typeInTerminal } from "../support/panel/operate.ts";

const HOSTS = ["allowed.world.test"];
const FIRST = "canary-panel-31cd9e";
const SECOND = "canary-panel-b7702a";
const ANSWER = "canary answer 55e0";
const PASSPHRASE = "canary passphrase of the panel";
const BOTTLE = `---
agent_provider: { template: shell }
env:
  WIKI_PASSWORD: ?Password of the wiki
egress:
  routes:
    - host: allowed.world.test
      auth: { scheme: Bearer, token_ref: WORLD_TOKEN }
---
`;

/** ENV-1, ENV-2, ENV-3 in a real window, for an operator who begins with nothing. Steps build on one another. */
describe("secrets in the panel", () => {
  let home: TestHome;
  let panel: Panel;
  let page: Page;
  let slug: string;
  let world: OutsideWorld;

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS);
    panel = await launchPanel({ home: home.path, env: { ...home.env, DBUS_SESSION_BUS_ADDRESS: "" } });
    page = panel.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await keepPicture(page, `failed-${task.name.replaceAll(/[^a-z0-9]+/gi, "-")}`);
  });
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    await panel?.close();
    if (slug !== undefined) await runCli(["stop", slug], home.env);
    await home?.[Symbol.asyncDispose]();
  });

  const tokenSeen = async () => {
    await runCli(["exec", slug, "--", "curl", "-sS", "-o", "/dev/null", "https://allowed.world.test/"], home.env);
    return (await world.requests()).at(-1)?.headers.authorization;
  };

  it("stores what the preflight misses, in a store that is made on the way (UI-4)", async () => {
    const dialog = await openStartDialog(page, "demo");
    await dialog.getByRole("button", { name: "Store WORLD_TOKEN…" }).click({ timeout: 30_000 });
    await page.getByRole("textbox", { name: "New passphrase" }).fill(PASSPHRASE);
    await page.getByRole("textbox", { name: "The same once more" }).fill(PASSPHRASE);
    await page.getByRole("button", { name: "Make the store" }).click();
    await page.getByRole("textbox", { name: "Value" }).fill(FIRST, { timeout: 30_000 });
    await page.getByRole("button", { name: "Store", exact: true }).click();
    await dialog.getByRole("status").getByText("Enter WIKI_PASSWORD.").waitFor({ timeout: 30_000 });
    await keepPicture(page, "secrets-start-dialog");
  });

  it("starts with what the bottle asks for, which reaches the agent's environment (ENV-1)", async () => {
    const dialog = page.getByRole("dialog", { name: "Start an agent" });
    await dialog.getByRole("textbox", { name: "Password of the wiki" }).fill(ANSWER);
    await dialog.getByRole("button", { name: "Start", exact: true, disabled: false }).click();
    await page.getByRole("region", { name: "Terminal" }).waitFor({ timeout: 90_000 });
    slug = shownSlug(page);
    world = await startOutsideWorld(slug, HOSTS, home.certificates);
    await typeInTerminal(page, 'printf %s "$WIKI_PASSWORD" | sha256sum | cut -c1-20');
    await expectOnScreen(page, createHash("sha256").update(ANSWER).digest("hex").slice(0, 20));
    expect(await tokenSeen()).toBe(`Bearer ${FIRST}`);
  });

  it("replaces a value in the running bottle, and says who holds it", async () => {
    await page.getByRole("link", { name: "Secrets" }).click();
    await page.getByRole("row", { name: new RegExp(`WORLD_TOKEN stored demo ${slug}`) }).waitFor();
    await page.getByRole("button", { name: "Replace WORLD_TOKEN…" }).click();
    await page.getByRole("textbox", { name: "Value" }).fill(SECOND);
    await page.getByRole("button", { name: "Store", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await tokenSeen()).toBe(`Bearer ${SECOND}`);
    await keepPicture(page, "secrets-view");
  });

  it("locks, and opens with the passphrase alone", async () => {
    await page.getByRole("button", { name: "Lock", exact: true }).click();
    await page.getByRole("button", { name: "Unlock…" }).click();
    const passphrase = page.getByRole("textbox", { name: "Passphrase of the store" });
    await passphrase.fill("not the passphrase");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("not the passphrase").waitFor({ timeout: 30_000 });
    await passphrase.fill(PASSPHRASE);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Lock", exact: true }).waitFor({ timeout: 30_000 });
  });

  it("asks once: the next start of the bottle has the answer (ENV-1)", async () => {
    const dialog = await openStartDialog(page, "demo");
    await dialog.getByText("entered before; kept in memory until the panel closes").waitFor({ timeout: 30_000 });
    await dialog.getByRole("button", { name: "Start", exact: true, disabled: false }).waitFor();
    await page.keyboard.press("Escape");
  });

  it("sends nothing secret to the window, and leaves nothing in files, processes, logs or what the engine tells (ENV-3)", async () => {
    for (const secret of [FIRST, SECOND, ANSWER, PASSPHRASE]) {
      expect(panel.traffic()).not.toContain(secret);
      expect(await filesHolding(home.path, secret)).toEqual([]);
      // The agent's own environment is where an answer is meant to be.
      expect(await processesHolding(secret, secret === ANSWER ? ["cmdline"] : ["cmdline", "environ"])).toEqual([]);
      expect(JSON.stringify(await engineView(slug))).not.toContain(secret);
    }
  });
});
