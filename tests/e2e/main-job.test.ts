import { join } from "node:path";
import Docker from "dockerode";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import { runCli } from "../support/bottle/cli.ts";
import type { OutsideWorld } from "../support/outside-world/outside-world.ts";
import { startOutsideWorld } from "../support/outside-world/outside-world.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";

const HOSTS = ["allowed.world.test", "blocked.world.test"];
const TOKEN = "canary-e2e-4b7d20";
const BOTTLE = `---
agent_provider:
  template: shell
supervise: true
egress:
  routes:
    - host: allowed.world.test
      auth: { scheme: Bearer, token_ref: WORLD_TOKEN }
---
`;
const PROPOSAL = JSON.stringify({
  jsonrpc: "2.0",
  id: 2,
  method: "tools/call",
  params: {
    name: "egress-block",
    arguments: {
      host: "blocked.world.test",
      path_allowlist: ["/"],
      methods: ["GET"],
      justification: "The build needs <b>one</b> package.",
    },
  },
});

/** The main job in a real window: start a bottle, watch it, decide for it. Steps build on one another, as an operator's do. */
describe("the main job", () => {
  let home: TestHome;
  let panel: Panel;
  let page: Page;
  let slug: string;
  let world: OutsideWorld;

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS, { WORLD_TOKEN: TOKEN });
    panel = await launchPanel({ home: home.path, env: home.env });
    page = panel.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await shot(`failed-${task.name.replaceAll(/[^a-z0-9]+/gi, "-")}`);
  });
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    await panel?.close();
    if (slug !== undefined) await runCli(["stop", slug], home.env);
    await home?.[Symbol.asyncDispose]();
  });

  const shot = (name: string) => page.screenshot({ path: join("test-artifacts", "e2e", `${name}.png`) });
  const inside = (script: string) => runCli(["exec", slug, "--", "bash", "-c", script], home.env);
  const type = async (line: string) => {
    await page.getByRole("region", { name: "Terminal" }).click();
    await page.keyboard.type(line);
    await page.keyboard.press("Enter");
  };
  const onScreen = (text: string | RegExp) => expect.poll(() => page.locator(".xterm-rows").innerText(), { timeout: 20_000 }).toMatch(text);

  it("teaches the first step while there is no bottle (UI-5)", async () => {
    await page.getByRole("button", { name: "Start agent", exact: true }).waitFor();
    await shot("01-empty");
  });

  it("starts demo from the dialog, with its preflight (BTL-1)", async () => {
    await page.getByRole("button", { name: "Start agent", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Start an agent" });
    await expect.poll(() => dialog.getByRole("region", { name: "Preflight" }).innerText(), { timeout: 10_000 }).toContain("[auth:Bearer]");
    await shot("02-start-dialog");
    await dialog.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("region", { name: "Terminal" }).waitFor({ timeout: 60_000 });
    const listed = await runCli(["list", "--json"], home.env);
    slug = (JSON.parse(listed.stdout) as { bottles: { slug: string }[] }).bottles[0]?.slug as string;
    world = await startOutsideWorld(slug, HOSTS, home.certificates);
    await onScreen(/\$\s*$/);
    await shot("03-terminal");
  });

  it("lets the allowed request pass with the credential that the bottle never holds (EGR-3, ENV-3)", async () => {
    await type("curl -sS -o /dev/null -w 'allowed:%{http_code}\\n' https://allowed.world.test/hello");
    await onScreen(/allowed:200/);
    const [request] = await world.requests();
    expect(request?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    const search = await inside(
      `env | grep -c ${TOKEN}; grep -rsl ${TOKEN} / --exclude-dir=proc --exclude-dir=sys; cat /proc/[0-9]*/environ 2>/dev/null | grep -ac ${TOKEN}`,
    );
    expect(search.stdout.split("\n").filter(Boolean)).toEqual(["0", "0"]);
  });

  it("refuses the unlisted host, names the rule, and shows it live (EGR-4, EGR-7)", async () => {
    await type("curl -sS -w 'refused:%{http_code}\\n' https://blocked.world.test/x");
    await onScreen(/403 bot-bottle: no route for blocked\.world\.test\. Rule: no-route\./);
    await onScreen(/refused:403/);
    await page.getByRole("tab", { name: /^Egress/ }).click();
    await page
      .getByRole("grid", { name: "Decisions" })
      .getByRole("row", { name: /blocked\.world\.test/ })
      .first()
      .waitFor();
    await shot("04-egress");
  });

  let proposal: Promise<{ stdout: string }>;

  it("brings the agent's proposal into the inbox (SUP-1, SUP-4)", async () => {
    const headers = "-H 'content-type: application/json' -H 'accept: application/json, text/event-stream'";
    proposal = inside(`curl -sS -N ${headers} http://supervise:9100/mcp -d '${PROPOSAL}'`);
    await page.getByRole("link", { name: /^Inbox 1 waiting/ }).waitFor();
    await page.getByRole("link", { name: /^Inbox/ }).click();
    await page.getByRole("heading", { name: /could GET anything at blocked\.world\.test/ }).waitFor();
    expect(await page.locator("b", { hasText: /^one$/ }).count()).toBe(0);
    await shot("05-inbox");
  });

  it("opens the route on approval without restarting anything (SUP-5, EGR-6)", async () => {
    const before = await bundleStart(slug);
    await page.getByRole("button", { name: /^Approve/ }).click();
    expect((await proposal).stdout).toContain("approved");
    await page
      .getByText(/approved/i)
      .first()
      .waitFor();
    await shot("06-approved");
    const answer = await inside("curl -sS -o /dev/null -w '%{http_code}' https://blocked.world.test/x");
    expect(answer.stdout).toBe("200");
    expect(await bundleStart(slug)).toBe(before);
  });

  it("wrote the decision to the audit log (SUP-7)", async () => {
    await page.getByRole("link", { name: /^Audit/ }).click();
    await page
      .getByText(/blocked\.world\.test/)
      .first()
      .waitFor();
    await shot("07-audit");
    const verified = await runCli(["audit", "verify"], home.env);
    expect(verified.code, verified.stderr).toBe(0);
  });

  it("shows the routes of all bottles", async () => {
    await page.getByRole("link", { name: /^Routes/ }).click();
    await page.getByText("allowed.world.test").first().waitFor();
    await shot("08-routes");
  });

  it("sent the window no credential (ENV-3)", () => {
    expect(panel.traffic()).not.toContain(TOKEN);
  });

  it("leaves nothing after stop (BTL-5)", async () => {
    await world[Symbol.asyncDispose]();
    await page.getByRole("link", { name: new RegExp(slug) }).click();
    await page.getByRole("button", { name: /^Stop/ }).first().click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Stop bottle" }).click();
    await expect.poll(() => labelled(slug), { timeout: 30_000 }).toEqual([]);
    await shot("09-stopped");
  });
});

async function bundleStart(slug: string): Promise<string> {
  return (await new Docker().getContainer(`bot-bottle-${slug}-sidecars`).inspect()).State.StartedAt;
}

async function labelled(slug: string): Promise<string[]> {
  const docker = new Docker();
  const filters = { label: [`bot-bottle.slug=${slug}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [...containers.map(({ Id }) => Id), ...networks.map(({ Name }) => Name), ...(volumes.Volumes ?? []).map(({ Name }) => Name)];
}
