import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DrivenPanel } from "../support/fake-bridge/drive-panel.ts";
import { drivePanel } from "../support/fake-bridge/drive-panel.ts";
import { buildFakePanel, launchBrowser } from "../support/fake-bridge/fake-panel.ts";

let browser: Browser;

beforeAll(async () => {
  await buildFakePanel();
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

const ROUTE = "#/inbox/api-refactor-k3v9q.4";
const CONTENT = "#/inbox/api-refactor-k3v9q.6";
const IMAGE = "#/inbox/deps-upgrade-p2x8c.3";

async function canApprove({ page }: DrivenPanel): Promise<void> {
  const approve = page.getByRole("button", { name: /^Approve/ });
  await expect.poll(() => approve.getAttribute("aria-disabled").catch(() => "true"), { timeout: 15_000 }).not.toBe("true");
}

describe("SUP-4: what a review shows", () => {
  test("the sentence, the change, what it would have allowed, what was decided before, and the agent's words apart", async () => {
    await using panel = await drivePanel(browser, { hash: ROUTE });
    const { page } = panel;
    await page.getByRole("heading", { name: /could GET anything at packages.example.org/ }).waitFor();
    await page.getByRole("textbox", { name: "Change of the routes: 2 lines added, 0 removed" }).waitFor();
    await page.getByText("12 of 14 past requests").waitFor();
    await page.getByRole("list", { name: "Similar decisions" }).getByText("same host, narrower methods").waitFor();
    await page
      .getByRole("region", { name: /In the agent's words/ })
      .getByRole("blockquote")
      .getByText("p-retry")
      .waitFor();
    await page
      .getByRole("list", { name: "Similar decisions" })
      .getByRole("link", { name: /rejected/ })
      .click();
    await page.getByRole("heading", { name: "paste.example.net was rejected by a rule" }).waitFor();
  });

  test("unified or side by side, folded or whole, as the operator last had it", async () => {
    await using panel = await drivePanel(browser, { hash: ROUTE });
    const { page } = panel;
    const change = page.getByRole("textbox", { name: /Change of the routes/ });
    await change.getByText("unchanged lines").first().waitFor();
    await page.getByRole("checkbox", { name: "all lines" }).check();
    await change.getByText("unchanged lines").first().waitFor({ state: "detached" });
    await change.getByText("api.anthropic.com").waitFor();
    await page.getByRole("radio", { name: "Side by side" }).click();
    await page.getByRole("textbox", { name: "Change of the routes: 2 lines added, 0 removed, before" }).waitFor();
    await panel.press("j");
    await page
      .getByRole("textbox", { name: /, after$/ })
      .getByText("GITHUB_TOKEN")
      .waitFor();
  });
});

describe("SUP-5: how long it holds", () => {
  test("2 asks for minutes: everything is computed again, and approved so", async () => {
    await using panel = await drivePanel(browser, { hash: ROUTE });
    const { page, press, calls } = panel;
    await canApprove(panel);
    await press("2");
    await page.getByRole("heading", { name: /for 15 minutes/ }).waitFor();
    await page.getByRole("textbox", { name: "Minutes" }).fill("0");
    await page.getByText("1 to 10080").waitFor();
    await page.getByRole("textbox", { name: "Minutes" }).fill("45");
    await page.getByRole("heading", { name: /for 45 minutes/ }).waitFor();
    await page.getByText("Ends by itself 45 minutes after the approval.").waitFor();
    await canApprove(panel);
    await press("Escape", "a");
    await page.getByText("for 45 minutes").waitFor();
    expect(await calls("proposals.approve")).toMatchObject([{ scope: { kind: "minutes", minutes: 45 }, writeBack: null, edit: null }]);
  });

  test("for good it can be written to the manifest too, once its change was looked at; for less it cannot", async () => {
    await using panel = await drivePanel(browser, { hash: ROUTE });
    const { page, press, calls } = panel;
    await canApprove(panel);
    expect(await page.getByRole("checkbox", { name: /Also write to/ }).count()).toBe(0);
    await press("4");
    await page.getByRole("checkbox", { name: /Also write to/ }).waitFor();
    await press("w");
    await page.getByRole("textbox", { name: "Change of bottles/dev.md: 1 line added, 0 removed" }).waitFor();
    await press("3");
    await page.getByRole("heading", { name: /for 10 requests/ }).waitFor();
    expect(await page.getByRole("checkbox", { name: /Also write to/ }).count()).toBe(0);
    await press("4");
    await page.getByRole("checkbox", { name: /Also write to/ }).waitFor();
    expect(await page.getByRole("checkbox", { name: /Also write to/ }).isChecked()).toBe(true);
    await canApprove(panel);
    await press("a");
    await page.getByRole("region", { name: "Notices" }).getByText("It is live, and written to bottles/dev.md.").waitFor();
    expect(await calls("proposals.approve")).toMatchObject([{ scope: { kind: "for-good" }, writeBack: "e".repeat(64) }]);
  });

  test("content cannot be had for a while, an image until the bottle ends only", async () => {
    await using panel = await drivePanel(browser, { hash: CONTENT });
    await canApprove(panel);
    await expect.poll(() => panel.page.getByRole("radiogroup", { name: "How long it holds" }).getByRole("radio").count()).toBe(2);
    await panel.press("2");
    expect(await panel.page.getByRole("radio", { name: "This bottle" }).getAttribute("aria-checked")).toBe("true");
    await using image = await drivePanel(browser, { hash: IMAGE });
    await canApprove(image);
    expect(await image.page.getByRole("radiogroup", { name: "How long it holds" }).count()).toBe(0);
    await image.page.getByText("Holds until this bottle ends.").waitFor();
    await image.page.getByText("for good, keep the Dockerfile in a folder of your own").waitFor();
  });
});

describe("SUP-4: edit then approve", () => {
  test("content: every field, with its problem beside it; what is computed follows", async () => {
    await using panel = await drivePanel(browser, { hash: CONTENT });
    const { page, press, calls } = panel;
    await canApprove(panel);
    await press("e");
    const rules = page.getByRole("textbox", { name: "Content rules let pass" });
    await rules.fill(Array.from({ length: 21 }, (_, at) => `rule-${at}`).join(" "));
    await page.getByText("At most 20 names").waitFor();
    expect(await rules.getAttribute("aria-invalid")).toBe("true");
    await press("Escape", "a");
    expect(await calls("proposals.approve")).toEqual([]);
    await rules.fill("jwt");
    await page.getByRole("heading", { name: /what looks like jwt/ }).waitFor();
    await canApprove(panel);
    await press("Escape", "a");
    await page.getByRole("heading", { name: "gitea.example.org was approved with edit" }).waitFor();
    expect(await calls("proposals.approve")).toMatchObject([{ edit: { kind: "pipelock", allowFindings: ["jwt"] } }]);
  });

  test("what main will not have is said in the form, and nothing is approved until it is mended", async () => {
    await using panel = await drivePanel(browser, { hash: ROUTE });
    const { page, press, calls } = panel;
    await canApprove(panel);
    await press("e");
    await page.getByRole("textbox", { name: "Host" }).fill("*.example.org");
    await page.getByRole("form", { name: "Edit the request" }).getByRole("alert").getByText("is not one host").waitFor();
    await press("Escape", "a");
    expect(await calls("proposals.approve")).toEqual([]);
    await page.getByRole("heading", { name: /packages.example.org/ }).waitFor();
    await page.getByRole("textbox", { name: "Host" }).fill("one.example.org");
    await page.getByRole("heading", { name: /one.example.org/ }).waitFor();
    await canApprove(panel);
  });

  test("an image: the Dockerfile in an editor that Escape leaves; an empty one cannot be approved", async () => {
    await using panel = await drivePanel(browser, { hash: IMAGE });
    const { page, press, calls } = panel;
    await canApprove(panel);
    await press("e");
    const editor = page.getByRole("textbox", { name: "Dockerfile", exact: true });
    await editor.waitFor();
    await press("Control+a", "Delete");
    await page.getByText("A Dockerfile is needed.").waitFor();
    await page.keyboard.type("FROM bot-bottle-agent");
    await press("Enter");
    await page.keyboard.type("RUN true");
    await page
      .getByRole("textbox", { name: /Change of the image/ })
      .getByText("RUN true")
      .waitFor();
    await canApprove(panel);
    await press("Escape", "a");
    await page.getByRole("progressbar", { name: "Approval" }).waitFor();
    expect(await calls("proposals.approve")).toMatchObject([{ edit: { dockerfile: "FROM bot-bottle-agent\nRUN true" } }]);
  });

  test("one computation at a time however fast it is typed, and the last one stands", async () => {
    await using panel = await drivePanel(browser, { hash: ROUTE });
    const { page, press, calls } = panel;
    await canApprove(panel);
    await press("e");
    const before = (await calls("proposals.view")).length;
    await page.getByRole("textbox", { name: "Paths" }).pressSequentially("/a/rather/long/path/typed/fast/");
    await page.getByRole("heading", { name: /below \/a\/rather\/long\/path\/typed\/fast\/ at/ }).waitFor();
    await canApprove(panel);
    const asked = (await calls("proposals.view")).slice(before);
    expect(asked.length).toBeLessThanOrEqual(31);
    expect(asked.at(-1)).toMatchObject({ edit: { pathAllowlist: ["/a/rather/long/path/typed/fast/"] } });
  });
});

describe("SUP-5, UI-4: an image under construction", () => {
  test("steps and log are shown as they come; once it is live the proposal is decided", async () => {
    await using panel = await drivePanel(browser, { hash: IMAGE });
    const { page, main, press } = panel;
    await canApprove(panel);
    await press("a");
    const log = page.getByRole("log", { name: "Build log" });
    await log.getByText("Step 1/5").waitFor();
    await main.evaluate(({ proposals }) => proposals.build.say("Step 5/5 : USER agent"));
    await log.getByText("Step 5/5").waitFor();
    await press("a", "r");
    expect(await panel.calls("proposals.reject")).toEqual([]);
    await main.evaluate(({ proposals }) => proposals.build.replace());
    await page.getByRole("list", { name: "Steps" }).locator("[aria-current=step]").getByText("Carry over workspace").waitFor();
    expect(await page.getByRole("button", { name: "Cancel" }).getAttribute("aria-disabled")).toBe("true");
    await main.evaluate(({ proposals }) => proposals.build.finish());
    await page.getByRole("heading", { name: "Dockerfile was approved" }).waitFor();
    expect(await panel.calls("proposals.approve")).toHaveLength(1);
  });

  test("a failure shows the log's end, and the proposal is open still; it is told in the list and to whoever looks later", async () => {
    await using panel = await drivePanel(browser, { hash: IMAGE });
    const { page, main, press, row } = panel;
    await canApprove(panel);
    await press("a");
    await page.getByRole("log", { name: "Build log" }).waitFor();
    await main.evaluate(({ proposals }) => {
      proposals.build.say("E: Unable to locate package postgresql-clinet");
      proposals.build.fail("The build failed in step 2.");
    });
    await page.getByRole("alert").getByText("The build failed in step 2.").waitFor();
    await page.getByRole("log", { name: "End of the build log" }).getByText("Unable to locate").waitFor();
    await row(/failed once/).waitFor();
    await canApprove(panel);
    await press("k", "j");
    await page.getByText("It could not be applied at").waitFor();
  });

  test("it can be cancelled", async () => {
    await using panel = await drivePanel(browser, { hash: IMAGE });
    await canApprove(panel);
    await panel.press("a");
    await panel.page.getByRole("button", { name: "Cancel" }).click();
    await panel.page.getByRole("alert").getByText("The build was cancelled.").waitFor();
    expect(await panel.calls("proposals.cancel")).toEqual([{ id: "deps-upgrade-p2x8c.3" }]);
  });
});

describe("SUP-4: a decision names what it was made against", () => {
  test("what is refused as stale shows what changed and asks again", async () => {
    await using panel = await drivePanel(browser, { hash: ROUTE });
    const { page, main, press, calls } = panel;
    await canApprove(panel);
    await main.evaluate((fake) => {
      // The window has not heard of the change yet.
      fake.routes.changeSilently("api-refactor-k3v9q");
    });
    await press("a");
    await page.getByRole("alert").getByText("The routes are at revision 8").waitFor();
    await page.getByRole("status").getByText("revision 7 → 8").waitFor();
    await page.getByRole("textbox", { name: /Change of the live state: 0 lines added, 2 removed/ }).waitFor();
    await press("a");
    expect(await calls("proposals.approve")).toHaveLength(1);
    await page.getByRole("button", { name: "I have read it" }).click();
    await canApprove(panel);
    await press("a");
    await page.getByRole("heading", { name: "packages.example.org was approved" }).waitFor();
    expect(await calls("proposals.approve")).toMatchObject([{ seenRevision: 7 }, { seenRevision: 8 }]);
  });
});
