import { readFile } from "node:fs/promises";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { containerFilesHold, engineView, filesHolding, processesHolding } from "../../support/bottle/canary-search.ts";
import { runCli } from "../../support/bottle/cli.ts";
import type { UpstreamContainer, UpstreamKeys } from "../../support/git-gate/upstream-container.ts";
import { makeUpstreamKeys, startUpstream } from "../../support/git-gate/upstream-container.ts";

const HOST = "git.world.test";
const HOSTS = ["allowed.world.test"];

/** The same key from a file and from a secret, each used by a fetch and a push. */
function manifest({ clientKey, hostKey }: UpstreamKeys): string {
  const repo = (name: string, identity: string) =>
    `    ${name}: { url: "ssh://git@${HOST}/~/owner/${name}.git", identity: ${identity}, host_key: ${hostKey} }\n`;
  return `---\nagent_provider: { template: shell }\ngit-gate:\n  user: { name: Agent, email: agent@example.org }\n  repos:\n${repo("app", clientKey)}${repo("lib", "LIB_KEY")}---\n`;
}

/** What of a private key must be nowhere: a line of its text, and the secret number itself. */
function needlesOf(key: string): string[] {
  const lines = key.trim().split("\n").slice(1, -1);
  const blob = Buffer.from(lines.join(""), "base64");
  const secret = blob.indexOf(Buffer.from([0, 0, 0, 64])) + 4;
  return [lines[2] ?? "", blob.subarray(secret, secret + 32).toString("latin1")];
}

/** SSH-4, ENV-3: a key lives in the memory of the bundle's ssh-agent, and nowhere else that can be looked at. */
describe("a private key in use", () => {
  let keys: UpstreamKeys;
  let home: TestHome;
  let bottle: BottleUnderTest;
  let upstream: UpstreamContainer;
  let needles: string[] = [];

  beforeAll(async () => {
    keys = await makeUpstreamKeys();
    const key = await readFile(keys.clientKey, "utf8");
    needles = needlesOf(key);
    const agents = { demo: "---\nbottle: demo\n---\n" };
    home = await makeTestHome({ bottles: { demo: manifest(keys) }, agents }, HOSTS, { LIB_KEY: key });
    bottle = await startBottle(home, "demo", HOSTS);
    upstream = await startUpstream(bottle.slug, HOST, keys, ["app", "lib"]);
  });
  afterAll(async () => {
    await upstream?.[Symbol.asyncDispose]();
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
    await keys?.[Symbol.asyncDispose]();
  });

  it.each(["app", "lib"])("serves fetch and push of %s", async (name) => {
    const clone = `git clone -q git@${HOST}:owner/${name}.git ~/${name} && cd ~/${name}`;
    const pushed = await bottle.sh(`${clone} && git commit -q --allow-empty -m work && git push -q origin HEAD:main`);
    expect(pushed.code, pushed.stderr).toBe(0);
    expect(await upstream.git(name, "log", "-1", "--format=%s", "main")).toBe("work");
  });

  it("is not in anything the engine tells about the bottle", async () => {
    const view = JSON.stringify(await engineView(bottle.slug));
    for (const needle of needles) expect(view).not.toContain(needle);
  });

  it("is in no process's arguments or environment, on the host or in a container", async () => {
    for (const needle of needles) expect(await processesHolding(needle)).toEqual([]);
  });

  it("is in no file that the agent can read, in none of the home's, and in neither container's changes or output", async () => {
    const [line = ""] = needles;
    const inside = await bottle.sh(`grep -rsl -F -e '${line}' / --exclude-dir=proc --exclude-dir=sys; env | grep -c -F -e '${line}'`);
    expect(inside.stdout.trim()).toBe("0");
    const docker = new Docker();
    for (const needle of needles) {
      expect(await filesHolding(home.path, needle)).toEqual([]);
      for (const name of [`bot-bottle-${bottle.slug}`, `bot-bottle-${bottle.slug}-sidecars`]) {
        const container = docker.getContainer(name);
        expect((await container.logs({ stdout: true, stderr: true, follow: false })).toString("latin1")).not.toContain(needle);
        expect(await containerFilesHold(container, needle)).toBe(false);
      }
    }
  });

  it("is in nothing the command line prints", async () => {
    for (const args of [
      ["list", "--json"],
      ["pushes", "list", "--json"],
      ["pushes", "repos", bottle.slug, "--json"],
      ["doctor", "--json"],
    ]) {
      const { stdout, stderr } = await bottle.cli(...args);
      expect(stdout + stderr).not.toContain(needles[0]);
    }
  });

  it("ends with its time: the gate forgets it, refuses by name, and is given it anew by whoever connects", async () => {
    const short = await makeTestHome({ bottles: { demo: manifest(keys) }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS, {
      LIB_KEY: await readFile(keys.clientKey, "utf8"),
      BOT_BOTTLE_GIT_KEY_LIFETIME_SECONDS: "1",
    });
    await using _short = short;
    await using brief = await startBottle(short, "demo", HOSTS);
    await using _upstream = await startUpstream(brief.slug, HOST, keys, ["app", "lib"]);
    const refused = await brief.sh(
      `for i in $(seq 100); do git ls-remote git@${HOST}:owner/app.git > /tmp/out 2>&1 || break; done; cat /tmp/out`,
    );
    expect(refused.stdout).toMatch(/key/);
    const later = { ...short.env, BOT_BOTTLE_GIT_KEY_LIFETIME_SECONDS: "600" };
    const renewed = await runCli(["pushes", "refresh", brief.slug, "app"], later);
    expect(renewed.code, renewed.stderr).toBe(0);
  });
});
