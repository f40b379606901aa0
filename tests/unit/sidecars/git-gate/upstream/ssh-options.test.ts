import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GateRepo, upstreamUrl } from "#common/domain/git.ts";
import { sshCommand, sshConfig, sshFiles, writeSshFiles } from "../../../../../sidecars/git-gate/upstream/ssh-options.ts";

const KEY = `ssh-ed25519 ${"A".repeat(68)}`;

function repo(parts: Partial<GateRepo["upstream"]> = {}, hostKey = KEY): GateRepo {
  const upstream = { user: "git", host: "forge.example", port: 22, path: "team/project.git", ...parts };
  return { name: "project", upstream, hostKey, allowForce: false, allowDelete: false, onFinding: "refuse", reviewAlways: false };
}

describe("how the gate runs ssh (GIT-3)", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bb ssh%d-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Options as ssh itself understood them. */
  function understood(hostKey = KEY): Map<string, string> {
    const files = sshFiles(folder, 0, join(folder, "agent"));
    writeSshFiles(files, repo({}, hostKey));
    const said = execFileSync("ssh", ["-G", "-F", files.config, "forge.example"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return new Map(said.split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
  }

  test("only the pinned key is trusted, only the agent's key offered, and nothing is asked, run or forwarded", () => {
    const options = understood();
    expect(Object.fromEntries(options)).toMatchObject({
      stricthostkeychecking: "true",
      batchmode: "yes",
      identitiesonly: "yes",
      hostkeyalgorithms: "ssh-ed25519",
      userknownhostsfile: join(folder, "0.hosts"),
      globalknownhostsfile: "/dev/null",
      updatehostkeys: "false",
      passwordauthentication: "no",
      kbdinteractiveauthentication: "no",
      forwardagent: "no",
      forwardx11: "no",
      permitlocalcommand: "no",
      clearallforwardings: "yes",
      requesttty: "false",
    });
    expect(options.get("proxycommand")).toBeUndefined();
    expect(options.get("identityagent")).toBe(join(folder, "agent"));
  });

  test("an RSA host key is taken with the newer signatures only", () => {
    expect(understood(`ssh-rsa ${"A".repeat(372)}`).get("hostkeyalgorithms")).toBe("rsa-sha2-512,rsa-sha2-256");
  });

  test("connections are shared only where a socket's path allows it", () => {
    expect(sshCommand(sshFiles("/run/git", 0, "/run/git/agent"), true)).toContain("ControlMaster=auto");
    expect(sshCommand(sshFiles("/run/git", 0, "/run/git/agent"), false)).not.toContain("ControlMaster");
    expect(sshCommand(sshFiles(`/${"x".repeat(100)}`, 0, "/a"), true)).not.toContain("ControlMaster");
  });

  test("a folder's name cannot become an option or a command", () => {
    expect(sshCommand(sshFiles("/tmp/a'$(id)", 0, "/a"), false)).toBe(`ssh -F '/tmp/a'\\''$(id)/0.conf'`);
    expect(() => sshConfig(sshFiles('/tmp/"x', 0, "/a"), repo())).toThrow();
    expect(() => sshConfig(sshFiles("/tmp/a\nProxyCommand id", 0, "/a"), repo())).toThrow();
  });
});

describe("where a repository may be", () => {
  test("the URL is put together from checked parts", () => {
    expect(upstreamUrl(repo({ port: 2222 }))).toBe("ssh://git@forge.example:2222/team/project.git");
    expect(upstreamUrl(repo({ host: "[::1]", path: "/srv/x.git" }))).toBe("ssh://git@[::1]:22/srv/x.git");
  });

  test.each([
    { host: "-oProxyCommand=id" },
    { host: "a b" },
    { host: "a/b" },
    { host: "a@b" },
    { user: "-l" },
    { user: "a b" },
    { path: "a b" },
    { path: "a\nb" },
    { path: "a?b" },
    { path: "" },
    { port: 0 },
  ])("%o is refused", (parts) => {
    expect(GateRepo.safeParse(repo(parts)).success).toBe(false);
  });

  test.each(["ssh-ed25519", `${KEY}\nevil ssh-ed25519 AAAA`, `@cert-authority * ${KEY}`, `* ${KEY}`])(
    "the host key %j is refused",
    (hostKey) => {
      expect(GateRepo.safeParse(repo({}, hostKey)).success).toBe(false);
    },
  );
});
