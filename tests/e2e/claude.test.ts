import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import { runCli } from "../support/bottle/cli.ts";
import { remainsOf } from "../support/docker/remains.ts";
import type { OutsideWorld } from "../support/outside-world/outside-world.ts";
import { startOutsideWorld } from "../support/outside-world/outside-world.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";
import { bottleRow, expectOnScreen, inboxBadge, keepPicture, startFromDialog, typeInTerminal } from "../support/panel/operate.ts";

const HOSTS = ["api.anthropic.com"];
const TOKEN = "canary-claude-e2e-93c1aa";
const BOTTLE = "---\nagent_provider:\n  template: claude\n  auth_token: TEST_CLAUDE_TOKEN\nsupervise: true\n---\n";
const TURN_MS = 60_000;

/** A person, the panel and the real claude command line; only the model's answers are played (PRV-2). */
describe("claude in the panel's terminal", () => {
  let home: TestHome;
  let panel: Panel;
  let slug: string;
  let world: OutsideWorld;

  const inside = async (script: string) => (await runCli(["exec", slug, "--", "bash", "-c", script], home.env)).stdout;

  beforeAll(async () => {
    const env = { TEST_CLAUDE_TOKEN: TOKEN, SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "120" };
    home = await makeTestHome({ bottles: { claude: BOTTLE }, agents: { claude: "---\nbottle: claude\n---\nBe brief.\n" } }, HOSTS, env);
    panel = await launchPanel({ home: home.path, env: home.env });
    panel.page.setDefaultTimeout(20_000);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await keepPicture(panel.page, `claude-failed-${task.name.slice(0, 30).replaceAll(/\W+/g, "-")}`);
  });
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    await panel?.close();
    if (slug !== undefined) await runCli(["stop", slug], home.env);
    await home?.[Symbol.asyncDispose]();
  });

  it("comes up in the terminal", async () => {
    slug = await startFromDialog(panel.page, "claude");
    world = await startOutsideWorld(slug, HOSTS, home.certificates);
    await expectOnScreen(panel.page, /Claude Code/, TURN_MS);
    await expectOnScreen(panel.page, /bypass permissions on/);
    await keepPicture(panel.page, "claude-1-screen");
  });

  it("runs a tool, then asks for a route, which shows in the inbox (SUP-1, SUP-4)", async () => {
    await typeInTerminal(panel.page, "Run the tool, then ask for the route.");
    await inboxBadge(panel.page, 1).waitFor({ timeout: TURN_MS });
    await expectOnScreen(panel.page, /tool-ran-42/);
    await keepPicture(panel.page, "claude-2-asks");
  });

  it("ends its turn once it is approved (SUP-5)", async () => {
    await inboxBadge(panel.page, 1).click();
    await panel.page.getByRole("heading", { name: /GET anything at packages\.world\.test/ }).waitFor();
    await keepPicture(panel.page, "claude-3-inbox");
    await panel.page.getByRole("button", { name: "Approve" }).click();
    await panel.page.getByRole("heading", { name: "packages.world.test was approved" }).waitFor();
    await bottleRow(panel.page, slug, "running").click();
    await expectOnScreen(panel.page, /turn-complete-marker[\s\S]*approved/, TURN_MS);
    await keepPicture(panel.page, "claude-4-turn-complete");
  });

  it("reached its API with a token that neither bottle nor window ever held (EGR-3, ENV-3)", async () => {
    const turns = (await world.requests()).filter(({ url }) => url.startsWith("/v1/messages"));
    expect(turns.length).toBeGreaterThanOrEqual(3);
    for (const { headers } of turns) expect(headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(panel.traffic()).not.toContain(TOKEN);
    // The pattern is broken up so that the search does not find itself.
    const found = await inside(
      "grep -rsal 'canary-claude-[e]2e' / --exclude-dir=proc --exclude-dir=sys; cat /proc/[0-9]*/environ 2>/dev/null | grep -ac 'canary-claude-[e]2e'",
    );
    expect(found.trim()).toBe("0");
  });

  it("leaves nothing on the engine after its stop (BTL-5)", async () => {
    await world[Symbol.asyncDispose]();
    await panel.page.getByRole("button", { name: "Stop", exact: true }).click();
    await panel.page.getByRole("alertdialog").getByRole("button", { name: "Stop bottle" }).click();
    await bottleRow(panel.page, slug, "stopped").waitFor();
    expect(await remainsOf(slug)).toEqual([]);
  });
});
