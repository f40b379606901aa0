import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { containerFilesHold, engineView, filesHolding, processesHolding } from "../../support/bottle/canary-search.ts";

const HOSTS = ["allowed.world.test"];
const TOKEN = "canary-8c1f0e-never-shown";
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

/** ENV-3: a credential lives in the memory of the process that uses it, and nowhere else that can be looked at. */
describe("a credential in use", () => {
  let home: TestHome;
  let bottle: BottleUnderTest;

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS, { WORLD_TOKEN: TOKEN });
    bottle = await startBottle(home, "demo", HOSTS);
  });
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  it("is injected for its host (EGR-3)", async () => {
    const answer = await bottle.sh("curl -sS -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer forged' https://allowed.world.test/");
    expect(answer.stdout).toBe("200");
    const [request] = await bottle.world.requests();
    expect(request?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it("is not in anything the engine tells about the bottle", async () => {
    expect(JSON.stringify(await engineView(bottle.slug))).not.toContain(TOKEN);
  });

  it("is in no process's arguments or environment, on the host or in a container", async () => {
    expect(await processesHolding(TOKEN)).toEqual([]);
  });

  it("is in no file that the agent can read, and in none of the home's", async () => {
    const inside = await bottle.sh(`grep -rsl ${TOKEN} /home /tmp /etc /run /var /opt /usr/local 2>/dev/null; env | grep -c ${TOKEN}`);
    expect(inside.stdout.trim()).toBe("0");
    expect(await filesHolding(home.path, TOKEN)).toEqual([]);
  });

  it("is in neither container's file changes or output", async () => {
    const docker = new Docker();
    for (const name of [`bot-bottle-${bottle.slug}`, `bot-bottle-${bottle.slug}-sidecars`]) {
      const container = docker.getContainer(name);
      expect((await container.logs({ stdout: true, stderr: true, follow: false })).toString("latin1")).not.toContain(TOKEN);
      expect(await containerFilesHold(container, TOKEN)).toBe(false);
    }
  });

  it("is in nothing the command line prints", async () => {
    const views = [
      ["list", "--json"],
      ["routes", bottle.slug, "--json"],
      ["decisions", bottle.slug, "--json"],
      ["doctor", "--json"],
      ["manifests", "--json"],
    ];
    for (const args of views) {
      const { stdout, stderr } = await bottle.cli(...args);
      expect(stdout + stderr).not.toContain(TOKEN);
    }
  });
});
