import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BottleUnderTest, TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../support/bottle/bottle-under-test.ts";
import { githubToken } from "../support/git-gate/fake-tokens.ts";
import { credentialAttempts, KEYED, LOOT, leakAttempts, PLAIN } from "./credential-attempts.ts";
import { expectSafeScripts } from "./scripts.ts";

const HOSTS = [KEYED, PLAIN];
const TOKEN = "canary-3b7e51-never-shown";
const BOTTLE = `---
agent_provider: { template: shell }
supervise: true
egress:
  routes:
    - host: ${KEYED}
      auth: { scheme: Bearer, token_ref: WORLD_TOKEN }
    - host: ${PLAIN}
---
`;

/** SEC-3: what an agent may try with credentials: one that it stole, and the one that it never holds. */
describe("from inside a bottle, with credentials", () => {
  const loot = githubToken().secret;
  let home: TestHome;
  let bottle: BottleUnderTest;

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS, { WORLD_TOKEN: TOKEN });
    bottle = await startBottle(home, "demo", HOSTS);
    expect((await bottle.sh(`printf %s '${loot}' > ${LOOT}`)).code).toBe(0);
  });
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  it("reaches both hosts, so that the refusals below mean something", async () => {
    const answers = await bottle.sh(`for H in ${KEYED} ${PLAIN}; do curl -sS -o /dev/null -w '%{http_code} ' https://$H/; done`);
    expect(answers.stdout.trim()).toBe("200 200");
  });

  it("carries nothing credential-shaped out, in any part, spelling or coding (DLP-2)", async () => {
    await expectSafeScripts(bottle, "/tmp", leakAttempts);
    const seen = JSON.stringify(await bottle.world.requests());
    for (const spelling of [loot, Buffer.from(loot).toString("hex")]) expect(seen).not.toContain(spelling);
  });

  it("sees the attached credential nowhere, and carries it nowhere but to its host (EGR-3)", async () => {
    await expectSafeScripts(bottle, "/tmp", credentialAttempts);
    const inside = await bottle.sh(`grep -rslE '${Buffer.from(TOKEN).toString("base64").slice(4, 24)}|${TOKEN}' /tmp | grep -v loot; true`);
    expect(inside.stdout.trim()).toBe("");
    const seen = await bottle.world.requests();
    expect(seen.filter(({ headers }) => JSON.stringify(headers).includes(TOKEN)).every(({ host }) => host === KEYED)).toBe(true);
    expect(seen.find(({ url }) => url.startsWith("/landed"))?.headers.authorization).toBeUndefined();
    const carriers = seen.find(({ url }) => url.startsWith("/carriers"));
    expect(JSON.stringify(carriers)).not.toContain("mine");
    expect(carriers?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it("left neither in what the operator is shown (ENV-3)", async () => {
    const told = await bottle.cli("decisions", bottle.slug, "--json");
    for (const secret of [loot, TOKEN]) expect(told.stdout).not.toContain(secret);
    expect(told.stdout).toContain('"rule":"dlp"');
  });
});
