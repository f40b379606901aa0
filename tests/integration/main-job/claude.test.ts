import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { cliJson } from "../../support/bottle/cli.ts";

const HOSTS = ["api.anthropic.com", "packages.world.test"];
const TOKEN = "canary-oauth-token-5d1c7f";
const PLACEHOLDER = "egress-placeholder";
const BOTTLE = "---\nagent_provider:\n  template: claude\n  auth_token: TEST_CLAUDE_TOKEN\nsupervise: true\n---\n";

/** PRV-2 with the real command line: a whole turn offline, the credential injected on the way out. */
describe("the claude command line in a bottle", () => {
  let home: TestHome;
  let bottle: BottleUnderTest;

  beforeAll(async () => {
    const env = { TEST_CLAUDE_TOKEN: TOKEN, SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "1" };
    home = await makeTestHome({ bottles: { claude: BOTTLE }, agents: { claude: "---\nbottle: claude\n---\nBe brief.\n" } }, HOSTS, env);
    bottle = await startBottle(home, "claude", HOSTS);
  });
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  it("completes a turn with one tool call and one egress-block (PRV-2, SUP-1, SUP-2)", async () => {
    const turn = await bottle.sh("claude -p 'Run the tool, then ask for the route.' --dangerously-skip-permissions < /dev/null");
    expect(turn.stdout, turn.stderr).toContain("turn-complete-marker");
    expect(turn.stdout).toContain("tool-ran-42");
    expect(turn.stdout).toContain("pending");
  });

  it("queued the proposal for the operator (SUP-2)", async () => {
    const Listed = z.looseObject({ proposals: z.array(z.looseObject({ slug: z.string(), tool: z.string(), status: z.string() })) });
    const { proposals } = await cliJson(Listed, ["proposals", "list", "--json"], home.env);
    expect(proposals).toMatchObject([{ slug: bottle.slug, tool: "egress-block", status: "pending" }]);
  });

  it("waits past the time-out, asks what was decided, and goes on with the route it then has (SUP-2, SUP-5)", async () => {
    const turn = bottle.sh("claude -p 'Fetch the package once you may.' --dangerously-skip-permissions < /dev/null");
    const Listed = z.looseObject({ proposals: z.array(z.looseObject({ id: z.string(), status: z.string() })) });
    const asked = async () => (await cliJson(Listed, ["proposals", "list", "--json"], home.env)).proposals;
    // The first turn's request for all of that host waits already; this one is narrower, and another.
    await expect.poll(async () => (await asked()).length, { timeout: 90_000, interval: 1000 }).toBe(2);
    const id = (await asked()).map((proposal) => proposal.id).find((each) => each.endsWith(".2")) ?? "";
    const approved = await bottle.cli("proposals", "approve", id, "--for", "30m", "--yes", "--note", "only that one", "--json");
    expect(approved.code, approved.stderr).toBe(0);
    await bottle.sh("touch /tmp/decided");
    const { stdout, stderr } = await turn;
    expect(stdout, stderr).toContain("approval-complete");
    for (const said of ["pending", "other-work-done", "approved", "only that one", "holds for a while"]) expect(stdout).toContain(said);
    const fetched = (await bottle.world.requests()).filter(({ host }) => host === "packages.world.test");
    expect(fetched.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /needed"]);
  });

  it("reached the API with the credential that the bottle never held (EGR-3, PRV-2)", async () => {
    const turns = (await bottle.world.requests()).filter((request) => request.url.startsWith("/v1/messages"));
    expect(turns.length).toBeGreaterThanOrEqual(3);
    for (const request of turns) expect(request.headers.authorization).toBe(`Bearer ${TOKEN}`);
    const inside = await bottle.sh(
      "env; cat /proc/1/environ | tr '\\0' '\\n'; grep -rsa canary-oauth / --include=* --exclude-dir=proc --exclude-dir=sys -l 2>/dev/null | head",
    );
    expect(inside.stdout).toContain(PLACEHOLDER);
    expect(inside.stdout).not.toContain("canary-oauth");
  });
});
