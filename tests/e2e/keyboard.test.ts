import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { agentAsks } from "../support/bottle/agent-asks.ts";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import type { CliResult } from "../support/bottle/cli.ts";
import { cliJson, runCli } from "../support/bottle/cli.ts";
import { remainsOf } from "../support/docker/remains.ts";
import { expectAccessible } from "../support/panel/accessibility.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";
import { bottleRow, expectOnScreen, inboxBadge, keepPicture, shownSlug } from "../support/panel/operate.ts";

const BOTTLE = "---\nagent_provider:\n  template: shell\nsupervise: true\n---\n";
const Routes = z.looseObject({ routes: z.array(z.looseObject({ host: z.string(), pathAllowlist: z.array(z.string()) })) });

/** The whole job without a pointer, each view it passes fit for a screen reader (UI-3). */
describe("the main job by keyboard alone", () => {
  let home: TestHome;
  let panel: Panel;
  let slug: string;
  let first: Promise<CliResult>;
  let second: Promise<CliResult>;

  const press = async (...keys: string[]) => {
    for (const key of keys) await panel.page.keyboard.press(key);
  };
  const heading = (name: string | RegExp) => panel.page.getByRole("heading", { name });
  /** Keeps a picture of the view and checks it. */
  const look = async (name: string) => {
    await keepPicture(panel.page, name);
    await expectAccessible(panel.page);
  };
  const ask = (host: string) =>
    agentAsks(slug, { host, path_allowlist: ["/"], methods: ["GET", "POST"], justification: `It needs ${host}.` }, home.env);

  beforeAll(async () => {
    const env = { SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "120" };
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, ["world.test"], env);
    panel = await launchPanel({ home: home.path, env: home.env });
    panel.page.setDefaultTimeout(15_000);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await keepPicture(panel.page, `keyboard-failed-${task.name.slice(0, 30).replaceAll(/\W+/g, "-")}`);
  });
  afterAll(async () => {
    await panel?.close();
    if (slug !== undefined) await runCli(["stop", slug], home.env);
    await Promise.allSettled([first, second]);
    await home?.[Symbol.asyncDispose]();
  });

  it("starts demo with N and Enter (BTL-1)", async () => {
    await panel.page.getByRole("button", { name: "Start the demo bottle" }).waitFor();
    await look("keyboard-1-first-run");
    await press("n");
    await panel.page.getByRole("region", { name: "Preflight" }).getByText("demo · shell").waitFor();
    await look("keyboard-2-start-dialog");
    await press("Enter");
    await panel.page.getByRole("region", { name: "Terminal" }).waitFor({ timeout: 60_000 });
    slug = shownSlug(panel.page);
  });

  it("types into the terminal, which has the focus, and leaves it with Ctrl+Shift+L (TRM-1)", async () => {
    await expectOnScreen(panel.page, /\$\s*$/);
    await panel.page.keyboard.type("echo by-keyboard-$((40 + 2))");
    await press("Enter");
    await expectOnScreen(panel.page, /by-keyboard-42/);
    await panel.page.keyboard.type("curl -s https://refused.world.test/");
    await press("Enter");
    await look("keyboard-3-terminal");
    await press("Control+Shift+L", "ArrowRight", "Enter");
    await panel.page.getByRole("grid", { name: "Decisions" }).getByText("refused.world.test").first().waitFor();
    await look("keyboard-4-egress");
    await press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Enter");
    await panel.page.getByRole("tabpanel", { name: /Info/ }).waitFor();
    await look("keyboard-5-info");
  });

  it("goes through the inbox with G, J and K (SUP-4)", async () => {
    first = ask("first.world.test");
    await inboxBadge(panel.page, 1).waitFor();
    second = ask("second.world.test");
    await inboxBadge(panel.page, 2).waitFor();
    await press("g");
    await heading(/GET and POST anything at first\.world\.test/).waitFor();
    await press("j");
    await heading(/anything at second\.world\.test/).waitFor();
    await press("k");
    await heading(/anything at first\.world\.test/).waitFor();
    await look("keyboard-6-inbox");
  });

  it("edits with E and approves what was edited with A (SUP-4, SUP-5)", async () => {
    await press("e", "Tab");
    await press("Control+a");
    await panel.page.keyboard.type("GET");
    await press("Tab", "Tab", "Control+a");
    await panel.page.keyboard.type("/only/this");
    await heading(/could GET anything at or below \/only\/this at first\.world\.test/).waitFor();
    await look("keyboard-7-edit");
    await press("Escape");
    await expect.poll(() => panel.page.getByRole("button", { name: "Approve edited" }).getAttribute("aria-disabled")).not.toBe("true");
    await press("a");
    await heading("first.world.test was approved with edit").waitFor();
    await look("keyboard-8-approved");
    expect((await first).stdout).toMatch(/approved.*only\/this/);
    const { routes } = await cliJson(Routes, ["routes", slug, "--json"], home.env);
    expect(routes).toMatchObject([{ host: "first.world.test", methods: ["GET"], pathAllowlist: ["/only/this"] }]);
  });

  it("rejects with R, and the agent reads the note (SUP-4)", async () => {
    await press("g");
    await heading(/anything at second\.world\.test/).waitFor();
    await press(".");
    await panel.page.keyboard.type("Ask for one path only.");
    await press("Escape", "r");
    await heading("second.world.test was rejected").waitFor();
    await look("keyboard-9-rejected");
    expect((await second).stdout).toMatch(/rejected.*Ask for one path only\./);
    await inboxBadge(panel.page, 0).waitFor();
  });

  it.each(["Routes", "Audit", "Manifests", "Settings"])("goes to %s by the palette", async (place) => {
    await press("Control+k");
    await panel.page.getByRole("combobox", { name: "Search commands" }).waitFor();
    await panel.page.keyboard.type(place);
    if (place === "Routes") await look("keyboard-10-palette");
    await press("Enter");
    await heading(place).first().waitFor();
    await panel.page.getByRole("dialog").waitFor({ state: "detached" });
    await look(`keyboard-11-${place.toLowerCase()}`);
  });

  it("stops it by the palette (BTL-5)", async () => {
    await press("Control+k");
    await panel.page.keyboard.type(`stop ${slug}`);
    await press("Enter");
    await panel.page.getByRole("alertdialog", { name: `Stop ${slug}?` }).waitFor();
    await look("keyboard-12-stop");
    await press("Tab", "Enter");
    await bottleRow(panel.page, slug, "stopped").waitFor({ timeout: 30_000 });
    await press("]");
    await panel.page.getByRole("button", { name: "Remove" }).waitFor();
    await look("keyboard-13-stopped");
    expect(await remainsOf(slug)).toEqual([]);
  });
});
