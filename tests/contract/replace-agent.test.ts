import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Slug } from "#common/domain/names.ts";
import type { LaunchPlan, ReplacementStep } from "../../main/backends/backend.ts";
import { recordReplacement, replacementOf } from "../support/docker/replacement.ts";
import { runInGuest } from "../support/docker/run-in-guest.ts";
import { TerminalReader } from "../support/docker/terminal-reader.ts";
import { recordProgress } from "../support/docker/test-plan.ts";
import type { Subject } from "./subjects.ts";
import { subjects } from "./subjects.ts";

const TOOL =
  "USER root\nRUN printf '#!/bin/sh\\necho from-the-new-image\\n' > /usr/local/bin/new-tool && chmod 755 /usr/local/bin/new-tool\nUSER node";

describe.each(subjects)("an agent moved to another image on the backend $name (SUP-5, BKD-1)", (source) => {
  const signal = AbortSignal.timeout(900_000);
  const started = new Set<Slug>();
  let subject: Subject;

  beforeAll(async () => {
    subject = await source.prepare();
  }, 900_000);

  afterEach(async () => {
    for (const slug of started) await subject.backend.stop(slug, 0);
    started.clear();
  });

  async function launch(changes: Partial<LaunchPlan> = {}): Promise<Slug> {
    const plan = subject.plan(changes);
    started.add(plan.slug);
    await subject.backend.launch(plan, recordProgress(), signal);
    return plan.slug;
  }

  const run = (slug: Slug, script: string) => runInGuest(subject.backend, slug, script);
  const state = async (slug: Slug) => (await subject.backend.list(signal)).filter((bottle) => bottle.slug === slug);

  it("has the tool it asked for, its home, its variables, its limits and its place", async () => {
    const slug = await launch({ env: { GREETING: "hello", HTTPS_PROXY: "http://egress:9099" } });
    const home = `cd ~ && umask 077 && mkdir -p 'odd  names/\u00e9\u4e2d' && printf data > 'odd  names/\u00e9\u4e2d/-rf *' && printf raw > $'bytes\\xff\\nline' \
      && printf shared > one && ln one two && ln -s /etc/passwd outward && ln -s one inward && mkfifo pipe && mkdir shut && chmod 0500 shut \
      && printf run > script && chmod 0751 script && touch -d 2001-02-03T04:05:06Z script \
      && python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('socket')" && printf kept > workspace/file`;
    expect(await run(slug, home)).toMatchObject({ code: 0 });
    const look =
      "cd ~ && find . ! -type s -printf '%p %y %m %U:%G %s %l\\n' | grep -v -e '^\\. ' -e ' d ' | LC_ALL=C sort; find . -type d -printf '%p %m %U\\n' | LC_ALL=C sort";
    const before = (await run(slug, look)).stdout;
    const place =
      'cat /etc/hosts /etc/resolv.conf | grep -v "$(hostname)"; hostname; id; ulimit -a | grep -v pending; env | grep -e GREETING -e PROXY; pwd; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max 2>/dev/null; grep -e Cap -e NoNewPrivs -e Seccomp: /proc/self/status';
    const placeBefore = (await run(slug, place)).stdout;
    const progress = recordReplacement();
    await subject.backend.replaceAgent(replacementOf(slug, TOOL), progress, signal);

    expect(progress.finished).toEqual(["build", "create", "pause", "copy", "start", "ready"] satisfies ReplacementStep[]);
    expect(progress.lines.join("\n")).toContain("new-tool");
    expect((await run(slug, "new-tool")).stdout).toBe("from-the-new-image\n");
    expect((await run(slug, look)).stdout).toBe(before);
    expect(
      (
        await run(
          slug,
          "cd ~ && [ one -ef two ] && cat 'odd  names/\u00e9\u4e2d/-rf *' one $'bytes\\xff\\nline' workspace/file && stat -c %Y script",
        )
      ).stdout,
    ).toBe("datasharedrawkept981173106\n");
    expect((await run(slug, place)).stdout).toBe(placeBefore);
    expect((await run(slug, "tail -3 /etc/ssl/certs/ca-certificates.crt; find / -xdev -perm /6000 -type f 2>/dev/null")).stdout).toMatch(
      /END CERTIFICATE-----\n$/,
    );
    expect(await state(slug)).toMatchObject([{ state: "running", problem: null, labels: { "bot-bottle.agent": "contract" } }]);
  });

  it("is the same bottle for whoever looks on: the terminal goes on, nothing says that it ended", async () => {
    const slug = await launch();
    const seen = new Set<string>();
    await using _watch = subject.backend.watch(
      () => void state(slug).then((found) => seen.add(found.map((each) => each.state).join())),
      () => {},
    );
    await using terminal = await subject.backend.openTerminal(slug, { cols: 101, rows: 31 }, signal);
    const screen = new TerminalReader(terminal.output);
    await screen.waitFor(/\$ /);
    const welcome = ["bash", "-c", "echo resumed-here; exec bash"];
    await subject.backend.replaceAgent(replacementOf(slug, "ENV A=1", { command: welcome }), recordReplacement(), signal);
    await screen.waitFor(/resumed-here/);
    expect(screen.seen).toContain("\u001bc");
    terminal.input.write("echo $((6*7))-typed; stty size\r");
    await screen.waitFor(/42-typed[\s\S]*31 101/);
    terminal.input.write("exit 9\r");
    expect(await terminal.exited).toBe(9);
    seen.delete("exited");
    expect([...seen]).toEqual(["running"]);
  });

  it("builds every proposal on the first image, and keeps one image of them at most", async () => {
    const slug = await launch();
    const first = "RUN touch /tmp/first\nENV ONLY_FIRST=1 GREETING=hello";
    const second = "RUN touch /tmp/second\nENV GREETING=theirs HTTPS_PROXY=http://elsewhere:1";
    await subject.backend.replaceAgent(replacementOf(slug, first), recordReplacement(), signal);
    await subject.backend.replaceAgent(replacementOf(slug, second), recordReplacement(), signal);
    expect((await run(slug, "ls /tmp/first /tmp/second")).stdout).toBe("/tmp/second\n");
    expect((await run(slug, "echo $ONLY_FIRST $GREETING $HTTPS_PROXY")).stdout).toBe("hello http://egress:9099\n");
    const left = (await subject.backend.remnants(signal)).filter((remnant) => remnant.slug === slug);
    expect(left.filter(({ kind }) => kind === "image")).toHaveLength(1);
    await subject.backend.stop(slug, 0);
    expect((await subject.backend.remnants(signal)).filter((remnant) => remnant.slug === slug)).toEqual([]);
  });

  it("moves a home of a gigabyte without holding it", async () => {
    const slug = await launch();
    await run(slug, "truncate -s 1G ~/hole && printf end >> ~/hole");
    const before = process.memoryUsage().rss;
    await subject.backend.replaceAgent(replacementOf(slug, "ENV A=1"), recordReplacement(), signal);
    expect((await run(slug, "stat -c %s ~/hole; tail -c 3 ~/hole")).stdout).toBe("1073741827\nend");
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it("is replaced once at a time", async () => {
    const slug = await launch();
    const replace = (tool: string) =>
      subject.backend.replaceAgent(replacementOf(slug, `RUN touch /tmp/${tool}`), recordReplacement(), signal);
    const outcomes = await Promise.allSettled([replace("one"), replace("two")]);
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    // Where one was through before the other began, both were done, one after the other.
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "conflict" });
    expect(refused.length).toBeLessThan(2);
    expect(await state(slug)).toMatchObject([{ state: "running", problem: null }]);
    const left = (await subject.backend.remnants(signal)).filter((remnant) => remnant.slug === slug);
    expect(left.filter(({ kind }) => kind === "container")).toHaveLength(2);
  });

  it("shows what a build says only inert, and no longer than a screen's line", async () => {
    const slug = await launch();
    const progress = recordReplacement();
    const hostile = "RUN printf 'a\\033]0;title\\007\\033[2Jb\\342\\200\\256c\\n'; head -c 100000 /dev/zero | tr '\\0' x; echo";
    await subject.backend.replaceAgent(replacementOf(slug, hostile), progress, signal);
    const said = progress.lines.join("\n");
    expect(said).not.toMatch(/[^\n\x20-\x7e]/);
    expect(said).toContain("ab\\u{202e}c");
    expect(Math.max(...progress.lines.map(({ length }) => length))).toBeLessThanOrEqual(1000);
  });

  it("leaves nothing when its bottle is stopped meanwhile", async () => {
    const slug = await launch();
    const progress = recordReplacement((step) => step === "start" && void subject.backend.stop(slug, 0));
    await expect(subject.backend.replaceAgent(replacementOf(slug, "ENV A=1"), progress, signal)).rejects.toMatchObject({
      message: expect.any(String),
    });
    await subject.backend.stop(slug, 0);
    expect((await subject.backend.remnants(signal)).filter((remnant) => remnant.slug === slug)).toEqual([]);
  });
});
