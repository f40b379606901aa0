import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { agentAsks } from "../support/bottle/agent-asks.ts";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import { cliJson, runCli } from "../support/bottle/cli.ts";
import { remainsOf } from "../support/docker/remains.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";
import { bottleRow, expectOnScreen, inboxBadge, keepPicture, startFromDialog, typeInTerminal } from "../support/panel/operate.ts";
import { openPanelProgram } from "../support/panel/panel-program.ts";

const BOTTLE = "---\nagent_provider:\n  template: shell\nsupervise: true\n---\n";
const AT_ONCE = { timeout: 2000 };
const Listed = z.object({ bottles: z.array(z.looseObject({ slug: z.string(), state: z.string() })) });
const Started = z.looseObject({ slug: z.string() });
const Proposals = z.object({ proposals: z.array(z.looseObject({ id: z.string(), status: z.string() })) });

/** Panel and command line are equal clients of what runs: neither owns a bottle (SID-3, TRM-2). */
describe("a bottle and the panels that come and go", () => {
  let home: TestHome;
  let panel: Panel;
  let slug: string;
  let other: string;

  const openPanel = () => launchPanel({ home: home.path, env: home.env });

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, ["world.test"]);
    panel = await openPanel();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await keepPicture(panel.page, `reattach-failed-${task.name.slice(0, 30).replaceAll(/\W+/g, "-")}`);
  });
  afterAll(async () => {
    await panel?.close();
    for (const each of [slug, other]) if (each !== undefined) await runCli(["stop", each], home.env);
    await home?.[Symbol.asyncDispose]();
  });

  it("starts one and works in its terminal", async () => {
    slug = await startFromDialog(panel.page, "demo");
    await typeInTerminal(panel.page, "printf 'typed-\\033[31mbefore\\033[0m-%s\\n' $((40 + 2))");
    await expectOnScreen(panel.page, /typed-before-42/);
  });

  it("keeps it running when the window is closed", async () => {
    // As its button does; the answer need not come any more.
    panel.page.close().catch(() => undefined);
    await panel.close();
    const { bottles } = await cliJson(Listed, ["list", "--json"], home.env);
    expect(bottles).toMatchObject([{ slug, state: "running" }]);
  });

  it("says once that it keeps running", async () => {
    const first = await openPanelProgram(home.path, home.env);
    expect(await first.closeWindow()).toContain("its bottles keep running");
    const second = await openPanelProgram(home.path, home.env);
    expect(await second.closeWindow()).not.toContain("keep running");
  });

  it("shows the same screen in a panel that is opened again, and goes on (TRM-2)", async () => {
    panel = await openPanel();
    panel.page.setDefaultTimeout(15_000);
    await bottleRow(panel.page, slug, "running").click();
    await expectOnScreen(panel.page, /typed-before-42/);
    await typeInTerminal(panel.page, "echo typed-after-$((40 + 3))");
    await expectOnScreen(panel.page, /typed-before-42[\s\S]*typed-after-43/);
    await keepPicture(panel.page, "reattach-1-same-screen");
  });

  it("shows a bottle that the command line starts, at once", async () => {
    const starting = cliJson(Started, ["start", "demo", "--detach", "--yes", "--json"], home.env);
    await bottleRow(panel.page, "demo-\\w+", "starting").waitFor({ timeout: 20_000 });
    await keepPicture(panel.page, "reattach-2-started-elsewhere");
    other = (await starting).slug;
    await bottleRow(panel.page, other, "running").waitFor(AT_ONCE);
  });

  it("shows what the command line decides, at once (SUP-4)", async () => {
    const route = { host: "asked.world.test", path_allowlist: ["/"], methods: ["GET"], justification: "A test needs it." };
    const answer = agentAsks(other, route, home.env);
    await inboxBadge(panel.page, 1).click();
    await panel.page.getByRole("heading", { name: /could GET anything at asked\.world\.test/ }).waitFor();
    const { proposals } = await cliJson(Proposals, ["proposals", "list", "--json"], home.env);
    const approved = await runCli(["proposals", "approve", proposals[0]?.id as string, "--note", "by command line"], home.env);
    expect(approved.code, approved.stderr).toBe(0);
    await panel.page.getByRole("heading", { name: "asked.world.test was approved" }).waitFor(AT_ONCE);
    await inboxBadge(panel.page, 0).waitFor(AT_ONCE);
    await panel.page.getByText("by command line").waitFor(AT_ONCE);
    await keepPicture(panel.page, "reattach-3-decided-elsewhere");
    expect((await answer).stdout).toContain("approved");
  });

  it("shows a bottle that the command line stops as stopped, at once", async () => {
    const stopped = await runCli(["stop", other], home.env);
    expect(stopped.code, stopped.stderr).toBe(0);
    await bottleRow(panel.page, other, "stopped").waitFor(AT_ONCE);
    await bottleRow(panel.page, slug, "running").waitFor(AT_ONCE);
    await keepPicture(panel.page, "reattach-4-stopped-elsewhere");
    expect(await remainsOf(other)).toEqual([]);
  });
});
