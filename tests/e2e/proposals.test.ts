import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { agentAsks } from "../support/bottle/agent-asks.ts";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import { runCli } from "../support/bottle/cli.ts";
import type { OutsideWorld } from "../support/outside-world/outside-world.ts";
import { startOutsideWorld } from "../support/outside-world/outside-world.ts";
import { expectAccessible } from "../support/panel/accessibility.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";
import { inboxBadge, keepPicture, startFromDialog } from "../support/panel/operate.ts";

const HOSTS = ["docs.world.test", "edited.world.test", "ruled.world.test"];
const BOTTLE = "---\nagent_provider: { template: shell }\nsupervise: true\n---\n";

/** Proposals and decisions in a real window, from a real bottle, by keyboard where keys do it. Steps build on one another. */
describe("proposals in the panel", () => {
  let home: TestHome;
  let panel: Panel;
  let page: Page;
  let slug: string;
  let world: OutsideWorld;

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS, {
      SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "1",
    });
    panel = await launchPanel({ home: home.path, env: home.env });
    page = panel.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await keepPicture(page, `failed-${task.name.replaceAll(/[^a-z0-9]+/gi, "-")}`);
  });
  afterAll(async () => {
    await panel?.close();
    await world?.[Symbol.asyncDispose]();
    if (slug !== undefined) await runCli(["stop", slug], home.env);
    await home?.[Symbol.asyncDispose]();
  });

  const ask = (host: string, path = "/") =>
    agentAsks(slug, { host, path_allowlist: [path], methods: ["GET"], justification: `The task needs ${host}.` }, home.env);
  const status = async (url: string) => {
    const answer = await runCli(["exec", slug, "--", "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url], home.env);
    return answer.stdout;
  };
  const canApprove = () =>
    expect.poll(() => page.getByRole("button", { name: /^Approve/ }).getAttribute("aria-disabled"), { timeout: 20_000 }).not.toBe("true");

  it("starts", async () => {
    slug = await startFromDialog(page, "demo");
    world = await startOutsideWorld(slug, HOSTS, home.certificates);
  });

  it("one request is granted by keyboard, passes once, and ends by itself, which is said (SUP-5, EGR-6)", async () => {
    expect(await status("https://docs.world.test/one")).toBe("403");
    await ask("docs.world.test");
    await inboxBadge(page, 1).waitFor();
    await page.getByRole("link", { name: /^Inbox/ }).press("Enter");
    await page.getByRole("heading", { name: /could GET anything at docs\.world\.test/ }).waitFor();
    await canApprove();
    await page.keyboard.press("3");
    await page.getByRole("textbox", { name: "Requests" }).fill("1");
    await page.getByRole("heading", { name: /for 1 request/ }).waitFor();
    await page.keyboard.press("Escape");
    await canApprove();
    await page.getByText("1 of 1 past request").waitFor();
    await expectAccessible(page);
    await keepPicture(page, "proposal-granted");
    await page.keyboard.press("a");
    await page.getByRole("heading", { name: "docs.world.test was approved" }).waitFor();
    expect(await status("https://docs.world.test/one")).toBe("200");
    await page
      .getByRole("region", { name: "Notices" })
      .getByText(/docs\.world\.test/)
      .first()
      .waitFor();
    expect(await status("https://docs.world.test/two")).toBe("403");
    expect((await world.requests()).map(({ url }) => url)).toEqual(["/one"]);
  });

  it("for good, and written to the bottle's manifest after its change was looked at (SUP-5)", async () => {
    await ask("docs.world.test", "/kept/");
    await inboxBadge(page, 1).waitFor();
    await page.getByRole("option", { name: /waiting.*docs\.world\.test/ }).click();
    await canApprove();
    await page.getByText("same host").first().waitFor();
    await page.keyboard.press("4");
    const write = page.getByRole("checkbox", { name: /Also write to/ });
    if (!(await write.isChecked())) await page.keyboard.press("w");
    await page.getByRole("textbox", { name: /Change of bottles\/demo\.md/ }).waitFor();
    await canApprove();
    await page.keyboard.press("a");
    await page.getByRole("heading", { name: "docs.world.test was approved" }).waitFor();
    expect(await status("https://docs.world.test/kept/page")).toBe("200");
    const listed = await runCli(["manifests", "--json"], home.env);
    expect(listed.stdout).toContain("docs.world.test");
  });

  it("many are rejected with one note (SUP-4)", async () => {
    for (const name of ["a", "b", "c"]) await ask(`${name}.world.test`);
    await inboxBadge(page, 3).waitFor();
    // The pointer rests on the list, so nothing moves in it until it is asked to.
    await page.getByRole("button", { name: "3 new" }).click();
    for (const name of ["a", "b", "c"]) {
      await page.getByRole("option", { name: new RegExp(`waiting.*\\b${name}\\.world\\.test`) }).click();
      await page.getByRole("listbox", { name: "Inbox" }).focus();
      await page.keyboard.press("x");
    }
    await page
      .getByRole("region", { name: "Marked" })
      .getByRole("button", { name: /^Reject/ })
      .click();
    const dialog = page.getByRole("alertdialog");
    await dialog.getByRole("textbox").fill("None of these.");
    await expectAccessible(page);
    await dialog.getByRole("button", { name: /^Reject/ }).click();
    await inboxBadge(page, 0).waitFor();
    const told = await runCli(["proposals", "list", "--json"], home.env);
    expect(told.stdout.match(/"rejected"/g)).toHaveLength(3);
  });

  it("the operator edits the routes with the same diff, and it is live (SUP-6)", async () => {
    await page.getByRole("link", { name: "Routes", exact: true }).click();
    await page.getByRole("button", { name: `Edit routes of ${slug}…` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Add route" }).click();
    await dialog.getByRole("textbox", { name: /^Host/ }).last().fill("edited.world.test");
    await dialog
      .getByRole("textbox", { name: /Change of the routes/ })
      .getByText("edited.world.test")
      .waitFor();
    await expectAccessible(page);
    await keepPicture(page, "routes-edited");
    await dialog.getByRole("button", { name: "Make it live" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await status("https://edited.world.test/")).toBe("200");
  });

  it("a rule decides in the operator's stead, and it is told that it did (SUP-5)", async () => {
    await page.getByRole("link", { name: "Rules" }).click();
    await page.getByRole("button", { name: "New rule…" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill("never that one");
    await dialog.getByRole("textbox", { name: /Hosts/ }).fill("ruled.world.test");
    await dialog.getByRole("textbox", { name: "Note" }).fill("Use the mirror.");
    await dialog.getByRole("button", { name: "Save rule" }).click();
    await dialog.waitFor({ state: "detached" });
    await expectAccessible(page);
    await keepPicture(page, "rules");
    await page.getByRole("switch", { name: "never that one: on" }).press("Space");
    await page.getByText("off", { exact: true }).waitFor({ state: "detached" });
    await ask("ruled.world.test");
    const decided = async () => (await runCli(["proposals", "list", "--json"], home.env)).stdout;
    await expect.poll(decided, { timeout: 20_000, interval: 1000 }).toMatch(/"status":"rejected","host":"ruled\.world\.test"/);
    await page.getByRole("link", { name: "Audit", exact: true }).click();
    await page.getByRole("searchbox", { name: "Search the audit log" }).fill("never that one");
    await page.getByRole("status").filter({ hasText: "1 entry" }).waitFor();
    const verified = await runCli(["audit", "verify"], home.env);
    expect(verified.code, verified.stderr).toBe(0);
  });
});
