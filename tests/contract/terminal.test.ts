import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Slug } from "#common/domain/names.ts";
import type { LaunchPlan } from "../../main/backends/backend.ts";
import { runInGuest } from "../support/docker/run-in-guest.ts";
import { TerminalReader } from "../support/docker/terminal-reader.ts";
import { recordProgress } from "../support/docker/test-plan.ts";
import type { Subject } from "./subjects.ts";
import { subjects } from "./subjects.ts";

const SIZE = { cols: 100, rows: 30 };

describe.each(subjects)("terminals on the backend $name (BKD-1, TRM-2)", (source) => {
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

  it("shows the agent's prompt, takes what is typed and knows its size", async () => {
    const slug = await launch();
    await using terminal = await subject.backend.openTerminal(slug, SIZE, signal);
    const screen = new TerminalReader(terminal.output);
    await screen.waitFor(/\$ /);
    terminal.input.write("echo $((6*7))-$GREETING; stty size\r");
    await screen.waitFor(/42-hello/);
    await screen.waitFor(/30 100/);
    await terminal.resize(132, 43);
    terminal.input.write("stty size\r");
    await screen.waitFor(/43 132/);
  });

  it("passes every key on: Ctrl-P is the shell's, not the engine's", async () => {
    const slug = await launch({ command: ["bash", "-c", "stty raw -echo; echo ready; od -An -tx1 -w1 -v -N4"] });
    await using terminal = await subject.backend.openTerminal(slug, SIZE, signal);
    const screen = new TerminalReader(terminal.output);
    await screen.waitFor(/ready/);
    terminal.input.write(Buffer.from([0x10, 0x11, 0x1e, 0x00]));
    await screen.waitFor(/10\s+11\s+1e\s+00/);
  });

  it("keeps the agent alive when left, and replays what it said to whoever comes next (TRM-2, BTL-6)", async () => {
    const slug = await launch();
    {
      await using first = await subject.backend.openTerminal(slug, SIZE, signal);
      const screen = new TerminalReader(first.output);
      await screen.waitFor(/\$ /);
      first.input.write("MARK=kept; echo first-$MARK\r");
      await screen.waitFor(/first-kept/);
    }
    await using second = await subject.backend.openTerminal(slug, SIZE, signal);
    const screen = new TerminalReader(second.output);
    await screen.waitFor(/first-kept/);
    second.input.write("echo second-$MARK\r");
    await screen.waitFor(/second-kept/);
    expect(screen.seen.match(/first-kept/g)).toHaveLength(1);
  });

  it("replays a flood without a gap or a repeat, whenever one comes to it (TRM-2)", async () => {
    const count = 60_000;
    const slug = await launch({ command: ["bash", "-c", `read -r _; seq -f 'line %07.0f' 1 ${count}; read -r _`] });
    await using starter = await subject.backend.openTerminal(slug, SIZE, signal);
    const screen = new TerminalReader(starter.output);
    starter.input.write("\r");
    await screen.waitFor(/line 0000200/);
    await using joiner = await subject.backend.openTerminal(slug, SIZE, signal);
    const joined = new TerminalReader(joiner.output);
    const last = new RegExp(`line ${String(count).padStart(7, "0")}`);
    await Promise.all([screen.waitFor(last, 60_000), joined.waitFor(last, 60_000)]);
    const expected = Array.from({ length: count }, (_, index) => String(index + 1).padStart(7, "0"));
    const numbers = (text: string) => Array.from(text.matchAll(/line (\d{7})/g), ([, number]) => number);
    expect(numbers(screen.seen)).toEqual(expected);
    expect(numbers(joined.seen)).toEqual(expected);
  });

  it("ends with the agent and tells its exit code (D4)", async () => {
    const slug = await launch();
    await using terminal = await subject.backend.openTerminal(slug, SIZE, signal);
    new TerminalReader(terminal.output);
    terminal.input.write("exit 9\r");
    expect(await terminal.exited).toBe(9);
  });

  it("says null when it was left while the agent runs on", async () => {
    const slug = await launch();
    const terminal = await subject.backend.openTerminal(slug, SIZE, signal);
    await terminal[Symbol.asyncDispose]();
    expect(await terminal.exited).toBeNull();
    expect((await runInGuest(subject.backend, slug, "echo alive")).stdout).toBe("alive\n");
  });

  it("opens further shells as the agent's user, and ends them when they are left", async () => {
    const slug = await launch();
    const shell = await subject.backend.openShell(slug, ["bash", "-l"], SIZE, signal);
    const screen = new TerminalReader(shell.output);
    await screen.waitFor(/\$ /);
    shell.input.write("echo $(id -un) $GREETING; stty size; sleep 4244 &\r");
    await screen.waitFor(/node hello/);
    await screen.waitFor(/30 100/);
    await shell[Symbol.asyncDispose]();
    expect(
      (await runInGuest(subject.backend, slug, "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c '[s]leep 4244'")).stdout.trim(),
    ).toBe("0");
    const other = await subject.backend.openShell(slug, ["bash", "-c", "exit 4"], SIZE, signal);
    new TerminalReader(other.output);
    expect(await other.exited).toBe(4);
  });

  afterAll(() => expect(started.size).toBe(0));
});
