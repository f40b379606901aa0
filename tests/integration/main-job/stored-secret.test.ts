import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { engineView, filesHolding, processesHolding } from "../../support/bottle/canary-search.ts";
import { runCli } from "../../support/bottle/cli.ts";

const HOSTS = ["allowed.world.test"];
const FIRST = "canary-stored-a41c77";
const SECOND = "canary-stored-f09d32";
const PASSPHRASE = "canary passphrase of the store";
const BOTTLE = `---
agent_provider:
  template: shell
egress:
  routes:
    - host: allowed.world.test
      auth: { scheme: Bearer, token_ref: WORLD_TOKEN }
---
`;

/** ENV-2, ENV-3: a secret out of the encrypted store serves a bottle, can be replaced while it runs, and lies nowhere. Steps build on one another. */
describe("a stored secret", () => {
  let folder: string;
  let home: TestHome;
  let bottle: BottleUnderTest;
  const said: string[] = [];

  const cli = async (args: readonly string[], stdin = "") => {
    const result = await runCli(args, home.env, stdin);
    said.push(result.stdout, result.stderr);
    return result;
  };
  const tokenSeen = async () => {
    await bottle.sh("curl -sS -o /dev/null https://allowed.world.test/");
    return (await bottle.world.requests()).at(-1)?.headers.authorization;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bot-bottle-passphrase-"));
    const BOT_BOTTLE_PASSPHRASE_FILE = join(folder, "passphrase");
    await writeFile(BOT_BOTTLE_PASSPHRASE_FILE, PASSPHRASE, { mode: 0o600 });
    const manifests = { bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } };
    home = await makeTestHome(manifests, HOSTS, { BOT_BOTTLE_PASSPHRASE_FILE });
  });
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it("is missed before it is stored, with every way to set it (BTL-1)", async () => {
    const refused = await cli(["start", "demo", "--detach", "--yes"]);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/WORLD_TOKEN is not set.*Secrets view.*bot-bottle secrets set WORLD_TOKEN.*export/);
  });

  it("serves the bottle that names it", async () => {
    expect((await cli(["secrets", "set", "WORLD_TOKEN"], `${FIRST}\n`)).code).toBe(0);
    bottle = await startBottle(home, "demo", HOSTS);
    expect(await tokenSeen()).toBe(`Bearer ${FIRST}`);
  });

  it("is replaced in the running bottle at once", async () => {
    const set = await cli(["secrets", "set", "WORLD_TOKEN"], `${SECOND}\n`);
    expect(set.stdout).toContain(`live in ${bottle.slug}`);
    expect(await tokenSeen()).toBe(`Bearer ${SECOND}`);
  });

  it("is listed with its last use while the store is locked, and never shown", async () => {
    const { stdout } = await cli(["secrets", "list", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      store: { state: "locked", protections: ["passphrase"] },
      rows: [{ name: "WORLD_TOKEN", source: "store", manifests: ["demo"], lastUsedBy: bottle.slug }],
    });
  });

  it("lies in no file of the home, no process, nothing the engine tells and nothing that was said", async () => {
    for (const secret of [FIRST, SECOND, PASSPHRASE]) {
      expect(await filesHolding(home.path, secret)).toEqual([]);
      expect(await processesHolding(secret)).toEqual([]);
      expect(JSON.stringify(await engineView(bottle.slug))).not.toContain(secret);
      expect(said.join("\n")).not.toContain(secret);
    }
    const inside = await bottle.sh(`grep -rsl canary-stored /home /tmp /etc /run /var 2>/dev/null; env | grep -c canary-stored`);
    expect(inside.stdout.trim()).toBe("0");
  });

  it("removed, is taken from the bottle: its route fails closed (SID-4)", async () => {
    expect((await cli(["secrets", "remove", "WORLD_TOKEN", "--yes"])).stdout).toContain(`live in ${bottle.slug}`);
    const answer = await bottle.sh("curl -sS -o /dev/null -w '%{http_code}' https://allowed.world.test/");
    expect(answer.stdout).toBe("503");
  });
});
