import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Slug } from "#common/domain/names.ts";
import { runInGuest } from "../support/docker/run-in-guest.ts";
import { recordProgress, TEST_CA } from "../support/docker/test-plan.ts";
import { sourceOf } from "../support/workspace/source-of.ts";
import type { Subject } from "./subjects.ts";
import { subjects } from "./subjects.ts";

describe.each(subjects)("inside a bottle on the backend $name (BKD-1)", (source) => {
  const signal = AbortSignal.timeout(900_000);
  let subject: Subject;
  let slug: Slug;
  let workspace: string;
  const run = (script: string, input?: string) => runInGuest(subject.backend, slug, script, input);

  beforeAll(async () => {
    subject = await source.prepare();
    workspace = await makeWorkspace();
    const { home } = subject.backend.guest;
    const plan = subject.plan({
      workspace: sourceOf(workspace),
      workdir: `${home}/workspace`,
      agentEntries: [
        { kind: "file", path: `${home}/.config/tool/settings.json`, mode: 0o600, owner: "guest", content: "{}\n" },
        { kind: "folder", path: `${home}/.claude/skills`, mode: 0o700, owner: "guest" },
        { kind: "file", path: "/etc/bot-bottle/notice", mode: 0o444, owner: "root", content: "from the operator\n" },
      ],
    });
    slug = plan.slug;
    await subject.backend.launch(plan, recordProgress(), signal);
  }, 900_000);

  afterAll(async () => {
    await subject.backend.stop(slug, 0);
    await rm(workspace, { recursive: true, force: true });
    await rm(`${workspace}.record`, { force: true });
  });

  it("passes exit codes, input and both outputs through, byte for byte (CLI-1)", async () => {
    expect(await run("echo out; echo err >&2; exit 7")).toEqual({ code: 7, stdout: "out\n", stderr: "err\n" });
    expect(await run("cat", "typed\n")).toMatchObject({ code: 0, stdout: "typed\n" });
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    await using echo = await subject.backend.exec(slug, ["cat"], signal);
    echo.stdin.end(bytes);
    expect(Buffer.concat(await echo.stdout.toArray()).equals(bytes)).toBe(true);
    expect(await echo.exited).toBe(0);
  });

  it("reports the code of a program that closes its outputs before it ends", async () => {
    expect(await run("exec >&- 2>&-; sleep 0.4; exit 5")).toMatchObject({ code: 5 });
  });

  it("ends a program and its children when its stream is disposed", async () => {
    const stream = await subject.backend.exec(slug, ["bash", "-c", "setsid sleep 4242 & sleep 4243 & echo up; wait"], signal);
    for await (const _ of stream.stdout) break;
    await stream[Symbol.asyncDispose]();
    expect((await run("cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c '[s]leep 424'")).stdout.trim()).toBe("0");
  });

  it("runs as the guest user, without capabilities, privileges to gain or root's files to write (BKD-2)", async () => {
    const { uid, gid } = subject.backend.guest;
    expect((await run("echo $(id -u):$(id -g):$(id -G)")).stdout.trim()).toBe(`${uid}:${gid}:${gid}`);
    const status = (await run("cat /proc/self/status")).stdout;
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) expect(status).toMatch(new RegExp(`${set}:\\t0+\\n`));
    expect(status).toMatch(/NoNewPrivs:\t1\n/);
    expect(status).toMatch(/Seccomp:\t2\n/);
    const writable = await run(
      "find / -xdev -type d -writable -not -path '/home/*' -not -path '/tmp*' -not -path '/var/tmp*' -not -path '/proc/*' -not -path '/dev/*' -not -path '/run/lock*' 2>/dev/null",
    );
    expect(writable.stdout).toBe("");
    expect(
      (await run("echo x >> /etc/ssl/certs/ca-certificates.crt || echo x >> /usr/local/bin/node || echo x > /etc/hosts")).code,
    ).not.toBe(0);
    expect((await run("find / -xdev -perm /6000 -type f 2>/dev/null")).stdout).toBe("");
  });

  it("sees nothing of the host: no engine socket, no mounted folder, no device", async () => {
    expect((await run("ls /var/run/docker.sock /run/docker.sock 2>/dev/null")).stdout).toBe("");
    const mounts = (await run("cat /proc/self/mountinfo")).stdout;
    const foreign = mounts
      .split("\n")
      .filter((line) => / - ext4 /.test(line) && !/ \/etc\/(hosts|hostname|resolv\.conf) |docker-init/.test(line));
    expect(foreign).toEqual([]);
    expect((await run("find /dev -type b")).stdout).toBe("");
  });

  it("has limits, as the plan says (BKD-2)", async () => {
    const script = "cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes";
    expect((await run(script)).stdout.trim()).toBe(String(512 * 1024 * 1024));
    const forks = await run("for i in $(seq 300); do sleep 2 & done 2>&1");
    expect(forks.stdout + forks.stderr).toMatch(/Resource temporarily unavailable/);
  });

  it("finds the tools agents rely on (issue 2)", async () => {
    const tools = "git curl ssh socat python3 pip3 dig node npm bash";
    expect(
      (await run(`for tool in ${tools}; do command -v $tool >/dev/null || echo $tool; done; python3 -m venv /tmp/venv || echo venv`))
        .stdout,
    ).toBe("");
  });

  it("holds the workspace, the guest's own, with modes, links and .git as they were (ENV-4)", async () => {
    const { home } = subject.backend.guest;
    expect((await run("pwd")).stdout.trim()).toBe(`${home}/workspace`);
    const listing = (await run("find . -not -name big.bin -printf '%P %y %m %u %l\\n' | sort")).stdout;
    expect(listing.split("\n")).toEqual(
      expect.arrayContaining([
        ".git d 755 node ",
        ".git/HEAD f 644 node ",
        "empty f 644 node ",
        "hello world.txt f 640 node ",
        "link l 777 node hello world.txt",
        "outside l 777 node /etc/hostname",
        "run.sh f 755 node ",
        "sub/deep d 700 node ",
      ]),
    );
    expect((await run("cat 'hello world.txt'; sha256sum < big.bin; touch new && rm new")).stdout).toContain("content äöü\n");
    expect((await run("sha256sum < big.bin")).stdout).toBe((await run("head -c 3000000 /dev/zero | tr '\\0' x | sha256sum")).stdout);
  });

  it("holds what the plan put there, owned and closed as said (D3)", async () => {
    const { home } = subject.backend.guest;
    const paths = `${home}/.config ${home}/.config/tool/settings.json ${home}/.claude/skills /etc/bot-bottle/notice ${home}`;
    expect((await run(`stat -c '%U %a' ${paths}`)).stdout.trim().split("\n")).toEqual([
      "node 755",
      "node 600",
      "node 700",
      "root 444",
      "node 755",
    ]);
  });

  it("trusts the bottle's own CA beside the image's (EGR-1)", async () => {
    const own = TEST_CA.split("\n")[1];
    expect(
      (await run(`grep -c BEGIN /etc/ssl/certs/ca-certificates.crt; grep -c ${own} /etc/ssl/certs/ca-certificates.crt`)).stdout,
    ).toMatch(/^[1-9]\d+\n1\n$/);
    expect((await run("cat /usr/local/share/ca-certificates/bot-bottle.crt")).stdout).toBe(TEST_CA);
  });

  it("opens a control channel that carries bytes both ways and several clients (SID-3)", async () => {
    const payload = Buffer.from(Array.from({ length: 50_000 }, (_, index) => index % 251));
    const echo = async () => {
      const channel = await subject.backend.openControl(slug, signal);
      channel.write(payload);
      const parts: Buffer[] = [];
      for await (const part of channel.iterator({ destroyOnReturn: false })) {
        parts.push(part as Buffer);
        if (Buffer.concat(parts).length >= payload.length) break;
      }
      channel.destroy();
      return Buffer.concat(parts).equals(payload);
    };
    expect(await Promise.all([echo(), echo(), echo()])).toEqual([true, true, true]);
  });

  it("says so when there is no such bottle", async () => {
    await expect(subject.backend.exec("nobody-aaaaa", ["true"], signal)).rejects.toMatchObject({ code: "not-found" });
    await expect(subject.backend.openControl("nobody-aaaaa", signal)).rejects.toMatchObject({ code: "not-found" });
  });
});

async function makeWorkspace(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "bot-bottle-workspace-"));
  await mkdir(join(root, ".git"));
  await mkdir(join(root, "sub", "deep"), { recursive: true });
  await writeFile(join(root, ".git", "HEAD"), "ref: refs/heads/main\n");
  await writeFile(join(root, "empty"), "");
  await writeFile(join(root, "hello world.txt"), "content äöü\n");
  await writeFile(join(root, "run.sh"), "#!/bin/sh\n");
  await writeFile(join(root, "big.bin"), "x".repeat(3_000_000));
  await symlink("hello world.txt", join(root, "link"));
  await symlink("/etc/hostname", join(root, "outside"));
  const modes = { ".git": 0o755, ".git/HEAD": 0o644, empty: 0o644, "hello world.txt": 0o640, "run.sh": 0o755, "sub/deep": 0o500 };
  for (const [name, mode] of Object.entries(modes)) await chmod(join(root, name), mode);
  return root;
}
