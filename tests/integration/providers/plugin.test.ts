import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { cliJson, runCli } from "../../support/bottle/cli.ts";

const HOSTS = ["api.openai.com"];
const KEY = "canary-openai-key-71d0";
const EXAMPLE = resolve(import.meta.dirname, "../../../docs/providers/opencode");

/** PRV-6 with a real command line that no code of ours knows: the example of the documentation, as it is. */
describe("a provider plugin in a bottle", () => {
  let home: TestHome;
  let bottle: BottleUnderTest;

  beforeAll(async () => {
    const manifests = {
      bottles: {
        tool: "---\nagent_provider: { template: opencode }\nsupervise: true\n---\n",
        other: "---\nagent_provider: { template: shell }\n---\n",
      },
      agents: { tool: "---\nbottle: other\n---\nBe brief. prompt-marker-p1\n" },
    };
    home = await makeTestHome(manifests, HOSTS, { OPENAI_API_KEY: KEY, SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "1" });
    await cp(EXAMPLE, join(home.path, "contrib", "opencode"), { recursive: true });
    // Downloads through what this machine trusts; the bottle's egress trusts the outside world of the test.
    const { BOT_BOTTLE_EXTRA_CA: _world, ...env } = home.env;
    const built = await runCli(["images", "--json"], env);
    expect(built.code, built.stderr).toBe(0);
    bottle = await startBottle(home, "tool", HOSTS, ["--bottle", "tool"]);
  }, 600_000);
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  it("runs in the bottle that was chosen at the start (BTL-2, BTL-3)", async () => {
    const Listed = z.looseObject({ bottles: z.array(z.looseObject({ slug: z.string(), bottle: z.string(), provider: z.string() })) });
    const { bottles } = await cliJson(Listed, ["list", "--json"], home.env);
    expect(bottles).toMatchObject([{ slug: bottle.slug, bottle: "tool", provider: "opencode" }]);
  });

  it("an unknown bottle is refused with the names there are", async () => {
    const refused = await runCli(["start", "tool", "--bottle", "nosuch", "--yes", "--json"], home.env);
    expect([refused.code, refused.stderr]).toEqual([expect.any(Number), expect.stringContaining("There is no bottle nosuch")]);
    expect(refused.stderr).toContain("Bottles: other, tool");
  });

  it("completes a turn with a tool call and an egress-block, with its prompt and its key (PRV-6, SUP-1, EGR-3)", async () => {
    const turn = await bottle.sh("cd && opencode run --auto 'Run the tool, then ask for the route.' < /dev/null");
    expect(turn.stdout, turn.stderr).toContain("turn-complete-marker");
    for (const marker of ["tool-ran-42", "pending", "prompt-marker-p1"]) expect(turn.stdout).toContain(marker);
    const calls = (await bottle.world.requests()).filter(({ url }) => url.startsWith("/v1/responses"));
    expect(calls.length).toBeGreaterThanOrEqual(3);
    for (const call of calls) expect(call.headers.authorization).toBe(`Bearer ${KEY}`);
    expect((await bottle.sh("env; cat /proc/1/environ; find ~ -type f -exec cat {} +")).stdout).not.toContain(KEY);
  });
});
