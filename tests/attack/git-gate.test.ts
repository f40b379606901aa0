import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BottleUnderTest, TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../support/bottle/bottle-under-test.ts";
import { githubToken } from "../support/git-gate/fake-tokens.ts";
import type { UpstreamContainer, UpstreamKeys } from "../support/git-gate/upstream-container.ts";
import { makeUpstreamKeys, startUpstream } from "../support/git-gate/upstream-container.ts";
import { pushAttempts, reachAttempts, targetAttempts } from "./git-attempts.ts";
import { expectSafeScripts } from "./scripts.ts";

const HOST = "git.world.test";
const HOSTS = ["allowed.world.test"];

function manifest({ clientKey, hostKey }: UpstreamKeys): string {
  const repo = `app: { url: "ssh://git@${HOST}/~/owner/app.git", identity: ${clientKey}, host_key: ${hostKey} }`;
  return `---\nagent_provider: { template: shell }\ngit-gate:\n  user: { name: Agent, email: agent@example.org }\n  repos:\n    ${repo}\n---\n`;
}

/** SEC-3: what an agent may try against its git-gate, each with its safe outcome. */
describe("from inside a bottle, at its git-gate", () => {
  let keys: UpstreamKeys;
  let home: TestHome;
  let bottle: BottleUnderTest;
  let upstream: UpstreamContainer;
  let before: { readonly refs: string; readonly objects: string[] };
  const picture = async () => ({
    refs: await upstream.git("app", "for-each-ref", "--format=%(refname) %(objectname)"),
    objects: await upstream.objects("app"),
  });

  beforeAll(async () => {
    keys = await makeUpstreamKeys();
    home = await makeTestHome({ bottles: { demo: manifest(keys) }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS);
    bottle = await startBottle(home, "demo", HOSTS);
    upstream = await startUpstream(bottle.slug, HOST, keys, ["app", "other"]);
    const commits = "git commit -q --allow-empty -m one && git commit -q --allow-empty -m two && git push -q origin HEAD:main";
    const made = await bottle.sh(`git clone -q git@${HOST}:owner/app.git ~/app && cd ~/app && git switch -q -c main && ${commits}`);
    expect(made.code, made.stderr).toBe(0);
    before = await picture();
  });
  afterAll(async () => {
    await upstream?.[Symbol.asyncDispose]();
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
    await keys?.[Symbol.asyncDispose]();
  });

  it("cannot reach another repository, file or service (GIT-1, GIT-5)", () => expectSafeScripts(bottle, "~/app", targetAttempts));

  it("cannot reach the key, the upstream itself, or what was refused (GIT-1, SSH-4)", async () => {
    const refused = await bottle.sh(
      `cd ~/app && git switch -q -c leak && echo '${githubToken().text}' > f && git add f && git commit -q -m x && git push origin leak; git rev-parse leak; git switch -q main`,
    );
    expect(refused.stderr).toContain("github-pat");
    const docker = new Docker();
    const addressOf = async (name: string, network: string) =>
      (await docker.getContainer(name).inspect()).NetworkSettings.Networks[`bot-bottle-${bottle.slug}-${network}`]?.IPAddress ?? "";
    const addresses = {
      upstream: await addressOf(upstream.name, "egress"),
      bundle: await addressOf(`bot-bottle-${bottle.slug}-sidecars`, "internal"),
    };
    await expectSafeScripts(bottle, "~/app", reachAttempts(addresses, refused.stdout.trim()));
  });

  it("left nothing upstream by all that (GIT-3)", async () => {
    expect(await picture()).toEqual(before);
  });

  it("cannot push what no push may carry or name (GIT-3)", async () => {
    await expectSafeScripts(bottle, "~/app", pushAttempts);
    const { refs } = await picture();
    for (const line of refs.split("\n")) expect(line).toMatch(/^refs\/heads\/(main|ext|--upload-pack=id) /);
    expect(refs).toContain(before.refs);
    const inside = await bottle.sh("ls /tmp/pwned");
    expect(inside.code).not.toBe(0);
  });

  it("still serves afterwards", async () => {
    const pushed = await bottle.sh(
      "cd ~/app && git commit -q --allow-empty -m three && git push -q origin HEAD:main && git fetch -q origin",
    );
    expect(pushed.code, pushed.stderr).toBe(0);
  });
});
