import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSshUrl } from "#common/manifest/git-gate-schema.ts";
import type { GateAddress } from "../../../../main/providers/git-rewrites.ts";
import { guestGitEntries } from "../../../../main/providers/guest-git.ts";

const run = promisify(execFile);

function repo(name: string, url: string): GateAddress {
  const upstream = parseSshUrl(url);
  if (upstream === null) throw new Error(url);
  return { name, upstream };
}

const REPOS = [
  repo("app", "ssh://git@github.com/owner/repo.git"),
  repo("two", "ssh://git@github.com/owner/repo-two"),
  repo("lab", "ssh://git@lab.example:2222/group/sub/proj.git"),
  repo("six", "ssh://git@[2001:db8::1]/srv/six.git"),
  repo("home", "ssh://ada@host.example/~/mine.git/"),
  repo("odd", `ssh://git@host.example/it's"quoted".git`),
  // The same upstream again, as a bottle may declare it.
  repo("again", "ssh://git@github.com/owner/repo"),
];

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "guest-git-"));
  for (const entry of guestGitEntries({ name: "Ada" }, REPOS, home)) {
    if (entry.kind === "folder") await mkdir(entry.path, { recursive: true });
    else await writeFile(entry.path, entry.content);
    await chmod(entry.path, entry.mode);
  }
});
afterAll(() => rm(home, { recursive: true, force: true }));

function git(args: readonly string[], cwd = home): Promise<{ stdout: string }> {
  return run("git", args, { cwd, env: { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: "1" } });
}

async function fetched(address: string): Promise<string> {
  return (await git(["ls-remote", "--get-url", address])).stdout.trim();
}

const gate = (name: string) => `http://git-gate:9420/${name}.git`;

describe("the agent's git (GIT-1)", () => {
  test.each([
    ["git@github.com:owner/repo.git", "app"],
    ["git@github.com:owner/repo", "app"],
    ["git@github.com:/owner/repo.git", "app"],
    ["github.com:owner/repo.git", "app"],
    ["ssh://git@github.com/owner/repo.git", "app"],
    ["ssh://git@github.com/owner/repo", "app"],
    ["ssh://git@github.com:22/owner/repo.git", "app"],
    ["ssh://github.com/owner/repo.git", "app"],
    ["https://github.com/owner/repo.git", "app"],
    ["https://github.com/owner/repo", "app"],
    ["git@github.com:owner/repo-two.git", "two"],
    ["git@github.com:owner/repo-two", "two"],
    ["https://github.com/owner/repo-two", "two"],
    ["ssh://git@lab.example:2222/group/sub/proj.git", "lab"],
    ["ssh://lab.example:2222/group/sub/proj", "lab"],
    ["https://lab.example/group/sub/proj", "lab"],
    ["git@[2001:db8::1]:srv/six.git", "six"],
    ["git@[2001:db8::1]:/srv/six.git", "six"],
    ["ssh://git@[2001:db8::1]/srv/six", "six"],
    ["ada@host.example:mine", "home"],
    ["ssh://ada@host.example/~/mine.git", "home"],
    [`git@host.example:it's"quoted".git`, "odd"],
  ])("finds %s at the gate", async (address, name) => {
    expect(await fetched(address)).toBe(gate(name));
  });

  test("a slash at the end does no harm", async () => {
    expect(await fetched("https://github.com/owner/repo/")).toBe(`${gate("app")}/`);
  });

  test.each([
    "https://github.com/owner/repo-three",
    "https://github.com/owner/repo2",
    "https://github.com/owner/repo_x.git",
    "https://github.com/owner/repo.github.io",
    "https://github.com/owner/repo.js",
    "https://github.com/owner/rep",
    "https://github.com/other/repo",
    "https://github.com.evil.example/owner/repo",
    "git@github.com:other/repo.git",
    "git@github.com.evil.example:owner/repo.git",
    // Another port is another server.
    "ssh://git@github.com:2222/owner/repo.git",
    "ssh://git@lab.example/group/sub/proj.git",
    "git@lab.example:group/sub/proj.git",
  ])("leaves %s alone", async (address) => {
    expect(await fetched(address)).toBe(address);
  });

  test("pushes go the same way, whatever the project says about pushes", async () => {
    const project = join(home, "project");
    await git(["init", "-q", project]);
    await git(["remote", "add", "origin", "https://github.com/owner/repo"], project);
    await git(["config", "url.git@github.com:.pushInsteadOf", "https://github.com/"], project);
    const { stdout } = await git(["remote", "-v"], project);
    expect(stdout).toBe(`origin\t${gate("app")} (fetch)\norigin\t${gate("app")} (push)\n`);
    await git(["remote", "set-url", "--push", "origin", "git@github.com:owner/repo.git"], project);
    expect((await git(["remote", "get-url", "--push", "origin"], project)).stdout).toBe(`${gate("app")}\n`);
  });

  test("needs no proxy for the gate, also where a project sets one", async () => {
    const { stdout } = await git([
      "-c",
      "http.proxy=http://elsewhere:1",
      "config",
      "--get-urlmatch",
      "http.proxy",
      `${gate("app")}/info/refs`,
    ]);
    expect(stdout).toBe("\n");
  });

  test("keeps the claimed identity beside it (MAN-8)", async () => {
    expect((await git(["config", "user.name"])).stdout).toBe("Ada\n");
  });

  test("says why ssh to an undeclared repository fails, and passes on how it ended", async () => {
    const failed = await run(join(home, ".bot-bottle/ssh"), ["-o", "BatchMode=yes", "host.invalid"]).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 255, stderr: expect.stringContaining("bot-bottle: SSH does not leave this bottle.") });
    expect(failed).toMatchObject({ stderr: expect.stringContaining("app (ssh://git@github.com:22/owner/repo.git)") });
    const usage = await run(join(home, ".bot-bottle/ssh"), ["-V"]);
    expect(usage.stderr).not.toContain("bot-bottle");
  });
});
