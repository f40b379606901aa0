import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { TopicPayload } from "#common/ipc/contract.ts";
import { createTopicBus } from "../../../main/ipc/topic-bus.ts";
import { startHostProcess } from "../../../main/terminals/start-host.ts";
import type { TerminalHost } from "../../../main/terminals/terminal-host.ts";
import { startTerminalHost } from "../../../main/terminals/terminal-host.ts";
import type { TerminalSessions } from "../../../main/terminals/terminal-sessions.ts";
import { createTerminalSessions } from "../../../main/terminals/terminal-sessions.ts";
import { FakeTerminal, terminalBackend } from "../../support/terminals/fake-terminal.ts";

const SLUG = "demo-abcde";
/** Token refs live in the operator's environment, under any name. */
const CREDENTIALS = { BOT_BOTTLE_CLAUDE_OAUTH_TOKEN: "canary-host-1", GITHUB_TOKEN: "canary-host-2", SSH_AUTH_SOCK: "/canary-host-3" };
const entry = join(import.meta.dirname, "../../support/terminals/host-with-fake-agent.ts");

let stack: AsyncDisposableStack;
let folder: string;
let socketPath: string;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), "bot-bottle-host-"));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  socketPath = join(folder, "run", "pty-host.sock");
});

afterEach(() => stack.disposeAsync());

/** A panel as main sees it: its handlers, and everything a terminal showed. */
function panel(startHost: () => Promise<void>, build = "b1") {
  const bus = createTopicBus();
  const events: TopicPayload<"terminal">[] = [];
  let onEvent = () => undefined as void;
  stack.use(
    bus.subscribe((topic, payload) => {
      if (topic !== "terminal") return;
      events.push(payload as TopicPayload<"terminal">);
      onEvent();
    }),
  );
  const sessions: TerminalSessions = createTerminalSessions({ socketPath, build, bus, startHost, backendOf: () => "docker" });
  stack.use(sessions);
  const shown = () =>
    events
      .map((event) => (event.kind === "data" ? event.data : event.kind === "resync" ? event.snapshot : `exit ${event.exitCode}`))
      .join("");
  const shows = async (text: string) => {
    while (!shown().includes(text)) {
      await new Promise<void>((resolve) => {
        onEvent = resolve;
      });
    }
  };
  return { sessions, handlers: sessions.handlers, shows, shown };
}

async function inProcessHost(openTerminal: () => Promise<FakeTerminal>): Promise<TerminalHost> {
  const host = await startTerminalHost({
    socketPath,
    build: "b1",
    backends: [terminalBackend(openTerminal)],
    logger: { log: () => undefined },
    idleMs: 60_000,
  });
  if (host === null) throw new Error("another host listens");
  return stack.use(host);
}

const noStart = () => Promise.reject(new Error("a host runs already"));

describe("the socket", () => {
  test("is the operator's alone (SEC-1)", async () => {
    await inProcessHost(async () => new FakeTerminal());
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(socketPath))).mode & 0o777).toBe(0o700);
  });

  test("has one host", async () => {
    await inProcessHost(async () => new FakeTerminal());
    const options = { socketPath, build: "b1", backends: [], logger: { log: () => undefined }, idleMs: 1000 };
    expect(await startTerminalHost(options)).toBeNull();
  });

  test("a client that talks nonsense is cut off and harms nobody", async () => {
    const agent = new FakeTerminal();
    await inProcessHost(async () => agent);
    const socket = createConnection(socketPath);
    const cut = new Promise((resolve) => socket.once("close", resolve));
    socket.resume();
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await cut;
    const { handlers } = panel(noStart);
    expect((await handlers["terminal.open"]({ slug: SLUG, cols: 80, rows: 24 })).terminalId).toBeTruthy();
  });
});

describe("a terminal", () => {
  test("shows, takes input, resizes and ends", async () => {
    const agent = new FakeTerminal();
    await inProcessHost(async () => agent);
    const { handlers, shows } = panel(noStart);
    agent.print("hello ");
    const { terminalId } = await handlers["terminal.open"]({ slug: SLUG, cols: 90, rows: 20 });
    agent.print("world");
    await shows("world");
    await handlers["terminal.write"]({ terminalId, data: "ls\r" });
    await agent.receives("ls\r");
    await handlers["terminal.resize"]({ terminalId, cols: 100, rows: 40 });
    await expect.poll(() => agent.sizes).toEqual(["90x20", "100x40"]);
    agent.print("bye");
    agent.exit(7);
    await shows("bye");
    await shows("exit 7");
    await expect(handlers["terminal.write"]({ terminalId, data: "x" })).rejects.toThrow("closed");
  });

  test("that cannot be opened says why, with code and hint", async () => {
    await inProcessHost(async () => {
      throw new OperatorError("not-found", { message: "There is no bottle demo-abcde.", hint: "Start it." });
    });
    const { handlers } = panel(noStart);
    await expect(handlers["terminal.open"]({ slug: SLUG, cols: 80, rows: 24 })).rejects.toMatchObject({
      code: "not-found",
      hint: "Start it.",
    });
  });
});

describe("the host is a process of its own (TRM-2)", () => {
  const start = (build: string) => () =>
    startHostProcess({
      node: process.execPath,
      entry,
      logFolder: join(folder, "logs"),
      env: { ...process.env, ...CREDENTIALS, FAKE_HOST_SOCKET: socketPath, FAKE_HOST_BUILD: build },
      furtherEnv: ["FAKE_HOST_SOCKET", "FAKE_HOST_BUILD"],
    });

  function killedAfterTest(screen: string): void {
    const pid = Number(/process (\d+)/.exec(screen)?.[1]);
    stack.defer(() => {
      try {
        process.kill(pid);
      } catch {
        // It has gone by itself.
      }
    });
  }

  test("that outlives the panel and shows the next one the same screen", async () => {
    const first = panel(start("b1"));
    const { terminalId, snapshot } = await first.handlers["terminal.open"]({ slug: SLUG, cols: 80, rows: 24 });
    killedAfterTest(snapshot);
    await first.handlers["terminal.write"]({ terminalId, data: "typed before" });
    await first.shows("[typed before]");
    first.sessions[Symbol.dispose]();
    const second = panel(noStart);
    const reopened = await second.handlers["terminal.open"]({ slug: SLUG, cols: 80, rows: 24 });
    expect(reopened.snapshot).toContain("[typed before]");
    expect(reopened.snapshot).toContain(/agent of process \d+/.exec(snapshot)?.[0]);
  });

  test.runIf(process.platform === "linux")("that inherits no credential of the operator's environment (ENV-3)", async () => {
    const { handlers } = panel(start("b1"));
    const { snapshot } = await handlers["terminal.open"]({ slug: SLUG, cols: 80, rows: 24 });
    killedAfterTest(snapshot);
    const environment = await readFile(`/proc/${/process (\d+)/.exec(snapshot)?.[1]}/environ`, "utf8");
    expect(environment).toContain("PATH=");
    expect(environment).not.toContain("canary-host");
  });

  test("that dies is started again, and open terminals come back", async () => {
    const { handlers, shows } = panel(start("b1"));
    const { snapshot } = await handlers["terminal.open"]({ slug: SLUG, cols: 80, rows: 24 });
    const pid = Number(/process (\d+)/.exec(snapshot)?.[1]);
    process.kill(pid, "SIGKILL");
    await shows("agent of process");
    const reopened = await handlers["terminal.open"]({ slug: SLUG, cols: 80, rows: 24 });
    killedAfterTest(reopened.snapshot);
    expect(reopened.snapshot).not.toContain(`process ${pid}\r`);
  });

  test("that belongs to another build makes room for this one's", async () => {
    const old = panel(start("b1"), "b1");
    const before = await old.handlers["terminal.open"]({ slug: SLUG, cols: 80, rows: 24 });
    old.sessions[Symbol.dispose]();
    const current = panel(start("b2"), "b2");
    const after = await current.handlers["terminal.open"]({ slug: SLUG, cols: 80, rows: 24 });
    killedAfterTest(after.snapshot);
    expect(after.snapshot).not.toBe(before.snapshot);
  });
});
