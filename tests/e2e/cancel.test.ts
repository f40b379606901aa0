import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StartStepName } from "#common/domain/bottle.ts";
import type { Bridge } from "#common/ipc/bridge.ts";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import { runCli } from "../support/bottle/cli.ts";
import { remainsOf } from "../support/docker/remains.ts";
import { expectAccessible } from "../support/panel/accessibility.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";
import { beginFromDialog, bottleRow, keepPicture, openStartDialog, shownSlug } from "../support/panel/operate.ts";

const BOTTLE = "---\nagent_provider:\n  template: shell\nsupervise: true\n---\n";
const LOCKED = `---
agent_provider:
  template: shell
egress:
  routes:
    - host: locked.world.test
      auth: { scheme: Bearer, token_ref: NOT_SET_ANYWHERE }
---
`;

/** What does not come to be leaves nothing, and the panel says why and what next (BTL-5, UI-4). */
describe("a start that does not succeed", () => {
  let home: TestHome;
  let panel: Panel;

  const openPanel = async (env: Readonly<Record<string, string>> = {}) => {
    panel = await launchPanel({ home: home.path, env: { ...home.env, ...env } });
    panel.page.setDefaultTimeout(15_000);
    return panel.page;
  };
  const stateFolders = () => readdir(join(home.path, "state")).catch(() => []);

  beforeEach(async () => {
    const agents = { demo: "---\nbottle: demo\n---\n", locked: "---\nbottle: locked\n---\n" };
    home = await makeTestHome({ bottles: { demo: BOTTLE, locked: LOCKED }, agents }, ["world.test"]);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await keepPicture(panel.page, `cancel-failed-${task.name.slice(0, 40).replaceAll(/\W+/g, "-")}`);
    await panel?.close();
    // What should not have run must not go on running when a test finds that it does.
    for (const slug of await stateFolders()) await runCli(["stop", slug], home.env);
    await home[Symbol.asyncDispose]();
  });

  it("is cancelled with its button", async () => {
    const page = await openPanel();
    await beginFromDialog(page, "demo");
    const slug = shownSlug(page);
    await keepPicture(page, "cancel-1-starting");
    await page.getByRole("region", { name: "Start progress" }).getByRole("button", { name: "Cancel" }).click();
    await cancelled(page, slug);
    await keepPicture(page, "cancel-2-cancelled");
    await expectAccessible(page);
  });

  // The last step that lasts: once the sidecars answer it runs, and a cancellation that comes after is a stop.
  it.each(["networks", "create", "start"] as const)("is cancelled in its step %s", async (step) => {
    const page = await openPanel();
    await page.evaluate(cancelAtOnce, step);
    await beginFromDialog(page, "demo");
    await cancelled(page, shownSlug(page));
  });

  async function cancelled(page: Page, slug: string): Promise<void> {
    await page.getByRole("region", { name: "Notices" }).getByText(`The start of ${slug} was cancelled`).waitFor();
    await bottleRow(page, slug).waitFor({ state: "detached" });
    expect(await remainsOf(slug)).toEqual([]);
    expect(await stateFolders()).not.toContain(slug);
  }

  it("fails with a broken company CA, says so and what to do, and can be dismissed (EGR-9)", async () => {
    const broken = join(home.path, "broken.pem");
    await writeFile(broken, "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n");
    const page = await openPanel({ BOT_BOTTLE_EXTRA_CA: broken });
    await beginFromDialog(page, "demo");
    const slug = shownSlug(page);
    const alert = page.getByRole("alert");
    await alert.getByText(/broken\.pem holds a certificate that cannot be read/).waitFor();
    await alert.getByText(/Name a PEM file with the certificates of the authorities to trust/).waitFor();
    await keepPicture(page, "cancel-3-broken-ca");
    await expectAccessible(page);
    expect(await remainsOf(slug)).toEqual([]);
    await page.getByRole("button", { name: "Remove" }).click();
    await bottleRow(page, slug).waitFor({ state: "detached" });
    expect(await stateFolders()).not.toContain(slug);
  });

  it("is not even begun without its credential, and the dialog says which (ENV-2)", async () => {
    const page = await openPanel();
    const dialog = await openStartDialog(page, "locked");
    await dialog.getByRole("alert").getByText("The secret NOT_SET_ANYWHERE is not set: store it in the Secrets view").waitFor();
    await keepPicture(page, "cancel-4-missing-credential");
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Start", exact: true }).click({ force: true });
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect(await stateFolders()).toEqual([]);
  });

  it("is not possible without an engine; the panel says so and stays of use (UI-5)", async () => {
    const page = await openPanel({ DOCKER_HOST: `unix://${join(home.path, "nobody.sock")}` });
    await page.getByRole("status", { name: "Engine" }).getByText("not available").waitFor();
    await page.getByRole("alert").getByText("No Docker engine answers").waitFor();
    await page.getByRole("alert").getByText("Start the engine, or point DOCKER_HOST or a context at one.").waitFor();
    await keepPicture(page, "cancel-5-no-engine");
    await expectAccessible(page);
    const dialog = await openStartDialog(page, "demo");
    await dialog
      .getByRole("status")
      .getByText(/No Docker engine answers/)
      .waitFor();
    await keepPicture(page, "cancel-6-no-engine-dialog");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: /^Manifests/ }).click();
    await page.getByText("in bottle locked").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Command palette" }).waitFor();
  });
});

/** In the window: presses Cancel the moment the step begins, sooner than a hand could. */
function cancelAtOnce(step: StartStepName): void {
  const bridge = (globalThis as unknown as { botBottle: Bridge }).botBottle;
  const stop = bridge.subscribe("start", (payload) => {
    const { slug, steps } = payload as { slug: string; steps: { name: string; state: string }[] };
    if (!steps.some(({ name, state }) => name === step && state === "running")) return;
    stop();
    void bridge.call("bottles.cancel-start", { slug });
  });
}
