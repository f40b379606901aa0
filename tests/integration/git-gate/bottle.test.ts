import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { HeldPush, PushRecord, RepoStatus } from "#common/domain/git.ts";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { cliJson } from "../../support/bottle/cli.ts";
import { githubToken } from "../../support/git-gate/fake-tokens.ts";
import { GIT_ENV } from "../../support/git-gate/scratch-repo.ts";
import type { UpstreamContainer, UpstreamKeys } from "../../support/git-gate/upstream-container.ts";
import { makeUpstreamKeys, startUpstream } from "../../support/git-gate/upstream-container.ts";

const run = promisify(execFile);
const HOST = "git.world.test";
const HOSTS = ["allowed.world.test"];

function manifest(keys: UpstreamKeys): string {
  return `---
agent_provider: { template: shell }
supervise: true
git-gate:
  user: { name: Agent, email: agent@example.org }
  repos:
    app:
      url: ssh://git@${HOST}/~/owner/app.git
      identity: ${keys.clientKey}
      host_key: ${keys.hostKey}
    watched:
      url: ssh://git@${HOST}/~/owner/watched.git
      identity: ${keys.clientKey}
      host_key: ${keys.hostKey}
      on_finding: hold
---
`;
}

/** A project of the operator whose origin is the upstream, written as their own machine knows it. */
async function makeProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bot-bottle-project-"));
  const git = (...args: readonly string[]) => run("git", ["-C", folder, ...args], { env: GIT_ENV });
  await git("init", "-q", "-b", "main");
  await git("remote", "add", "origin", `git@${HOST}:owner/app.git`);
  await writeFile(join(folder, "project.md"), "of the operator\n");
  await git("add", ".");
  await git("commit", "-q", "-m", "project");
  return folder;
}

const Pushes = z.object({ pushes: z.array(HeldPush), refusals: z.array(z.object({ slug: z.string(), push: PushRecord })) });

/** GIT-1 to GIT-4, GIT-6 and SSH-4 in a real bottle, with a real sshd as the upstream. */
describe("git in a bottle", () => {
  let keys: UpstreamKeys;
  let home: TestHome;
  let bottle: BottleUnderTest;
  let upstream: UpstreamContainer;
  let project: string;

  beforeAll(async () => {
    keys = await makeUpstreamKeys();
    home = await makeTestHome({ bottles: { demo: manifest(keys) }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS, {
      SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "1",
    });
    project = await makeProject();
    bottle = await startBottle(home, "demo", HOSTS, ["--workspace", project]);
    upstream = await startUpstream(bottle.slug, HOST, keys, ["app", "watched"]);
  });
  afterAll(async () => {
    await upstream?.[Symbol.asyncDispose]();
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
    await keys?.[Symbol.asyncDispose]();
    if (project !== undefined) await rm(project, { recursive: true });
  });

  /** One commit on `branch` of a clone, pushed. */
  const pushes = (repo: string, branch: string, file: string, content: string) =>
    bottle.sh(
      `cd ~/${repo} && git switch -q -C ${branch} && printf '%s\\n' '${content}' > ${file} && git add -A && git commit -q -m work && git push origin ${branch} 2>&1`,
    );

  async function listed(): Promise<z.output<typeof Pushes>> {
    return await cliJson(Pushes, ["pushes", "list", "--json"], home.env);
  }

  it("holds the keys before the start is done (SSH-4)", async () => {
    const { repos } = await cliJson(z.object({ repos: z.array(RepoStatus) }), ["pushes", "repos", bottle.slug, "--json"], home.env);
    expect(repos.map(({ name, key }) => [name, key])).toEqual([
      ["app", "ready"],
      ["watched", "ready"],
    ]);
  });

  it.each([
    "git@git.world.test:owner/app.git",
    "git@git.world.test:owner/app",
    `ssh://git@${HOST}/~/owner/app.git`,
    `https://${HOST}/~/owner/app`,
  ])("clones %s as it is written anywhere else (GIT-1)", async (address) => {
    const cloned = await bottle.sh(`rm -rf ~/app && git clone ${address} ~/app`);
    expect(cloned.code, cloned.stderr).toBe(0);
  });

  it("forwards a clean push, by the identity that the manifest claims (GIT-3, MAN-8)", async () => {
    const pushed = await pushes("app", "main", "readme.md", "hello");
    expect(pushed.code, pushed.stdout).toBe(0);
    expect(await upstream.git("app", "log", "-1", "--format=%an <%ae>", "main")).toBe("Agent <agent@example.org>");
    const pulled = await bottle.sh("rm -rf ~/second && git clone git@git.world.test:owner/app.git ~/second && cat ~/second/readme.md");
    expect(pulled.stdout).toBe("hello\n");
  });

  it("refuses a secret: nothing of it arrives, and the client reads why (GIT-3, GIT-4)", async () => {
    const { text, secret } = githubToken();
    const before = await upstream.objects("app");
    const pushed = await pushes("app", "leak", "config.ts", text);
    expect(pushed.code).not.toBe(0);
    expect(pushed.stdout).toMatch(/remote: .*github-pat/);
    expect(pushed.stdout).not.toContain(secret);
    expect(await upstream.objects("app")).toEqual(before);
    const { refusals } = await listed();
    expect(refusals).toMatchObject([{ slug: bottle.slug, push: { repo: "app", verdict: "refused", rule: "finding", findingCount: 1 } }]);
    expect(JSON.stringify(refusals)).not.toContain(secret);
  });

  it("holds a push for the operator, who forwards it with its finding let pass (GIT-6, CLI-1)", async () => {
    await bottle.sh(`git clone git@${HOST}:owner/watched.git ~/watched`);
    const { text, secret } = githubToken();
    const pushed = await pushes("watched", "main", "fixture.ts", text);
    expect(pushed.code).not.toBe(0);
    expect(pushed.stdout).toContain("held");
    const [held] = (await listed()).pushes;
    const id = held?.push.id ?? "";
    expect(held).toMatchObject({ status: "held", push: { repo: "watched", findingCount: 1 } });
    const { stdout: shown } = await bottle.cli("pushes", "show", id);
    expect(shown).toContain(`Forwards 1 commit to refs/heads/main of watched at ${HOST}:22. 1 finding would be let pass`);
    expect(shown).toContain("added fixture.ts");
    expect(shown).not.toContain(secret);
    expect((await bottle.cli("pushes", "forward", id)).code).toBe(2);
    const forwarded = await bottle.cli("pushes", "forward", id, "--allow-all", "--note", "a fixture");
    expect(forwarded.code, forwarded.stderr).toBe(0);
    expect(await upstream.git("watched", "show", "main:fixture.ts")).toBe(text);
    expect((await bottle.cli("pushes", "forward", id, "--allow-all")).code).toBe(7);
    const audit = await readFile(join(home.path, "state", bottle.slug, "audit.jsonl"), "utf8");
    expect(audit).toContain('"action":"forwarded"');
    expect(audit).not.toContain(secret);
    expect((await bottle.cli("audit", "verify", bottle.slug)).code).toBe(0);
  });

  it("refreshes from the upstream when the operator asks (GIT-2)", async () => {
    const refreshed = await bottle.cli("pushes", "refresh", bottle.slug, "app");
    expect(refreshed.code, refreshed.stderr).toBe(0);
    expect((await bottle.cli("pushes", "refresh", bottle.slug, "none")).code).toBe(3);
  });

  it("serves a project's own origin as it is, in its own words (GIT-1, ENV-4)", async () => {
    const pushed = await bottle.sh("cd ~/workspace && git pull -q --rebase origin main && git push -q origin HEAD:from-project");
    expect(pushed.code, pushed.stderr).toBe(0);
    expect(await upstream.git("app", "show", "from-project:project.md")).toBe("of the operator");
    expect(await upstream.git("app", "show", "from-project:readme.md")).toBe("hello");
  });

  it("says why ssh elsewhere fails, and what there is instead (GIT-1)", async () => {
    const failed = await bottle.sh(`git clone git@${HOST}:owner/other.git ~/other`);
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain("bot-bottle: SSH does not leave this bottle.");
  });

  it("leaves the agent no way to the upstream itself", async () => {
    const direct = await bottle.sh(`timeout 5 bash -c 'echo > /dev/tcp/${HOST}/22' 2>&1; echo $?`);
    expect(direct.stdout.trim().split("\n").at(-1)).not.toBe("0");
  });
});
