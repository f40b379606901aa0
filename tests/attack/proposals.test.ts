import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentAsks } from "../support/bottle/agent-asks.ts";
import type { BottleUnderTest, TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../support/bottle/bottle-under-test.ts";
import { MAKE_BODIES, proposalAttempts, protocolAttempts } from "./proposal-attempts.ts";
import { expectSafeScripts } from "./scripts.ts";

const HOSTS = ["allowed.world.test"];
const BOTTLE = `---
agent_provider: { template: shell }
supervise: true
egress:
  routes: [{ host: allowed.world.test }]
---
`;

/** SEC-3: what an agent may try with the one channel on which it speaks to its operator. */
describe("from inside a bottle, by proposals", () => {
  let home: TestHome;
  let bottle: BottleUnderTest;

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS, {
      SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "1",
    });
    bottle = await startBottle(home, "demo", HOSTS);
    const made = await bottle.sh(MAKE_BODIES);
    expect(made.code, made.stderr).toBe(0);
  });
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  it("files nothing that no proposal may hold, and is told why (SUP-3)", () => expectSafeScripts(bottle, "/tmp", proposalAttempts));
  it("gets nowhere with what is no MCP, or too much of it (SUP-3)", () => expectSafeScripts(bottle, "/tmp", protocolAttempts));

  it("left the operator's inbox and routes as they were", async () => {
    expect(JSON.parse((await bottle.cli("proposals", "list", "--json")).stdout)).toMatchObject({ proposals: [] });
    expect(JSON.parse((await bottle.cli("routes", bottle.slug, "--json")).stdout)).toMatchObject({ revision: 1 });
  });

  it("is still heard afterwards", async () => {
    const asked = { host: "docs.example.org", path_allowlist: ["/"], methods: ["GET"], justification: "The task needs it." };
    const answer = await agentAsks(bottle.slug, asked, home.env);
    expect(answer.stdout).toContain("pending");
  });
});
