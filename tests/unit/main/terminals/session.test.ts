import xterm from "@xterm/headless";
import { describe, expect, test } from "vitest";
import type { SessionClient } from "../../../../main/terminals/session.ts";
import { TerminalSession } from "../../../../main/terminals/session.ts";
import { FakeTerminal } from "../../../support/terminals/fake-terminal.ts";

const SIZE = { cols: 80, rows: 24 };

/** A window as xterm.js would be one: it parses, and acknowledges unless told not to. */
class FakeWindow implements SessionClient {
  readonly terminal = new xterm.Terminal({ ...SIZE, scrollback: 5000, allowProposedApi: true });
  exitCode: number | null | undefined;
  resyncs = 0;
  received = 0;
  acknowledge: (chars: number) => void = () => undefined;
  #onChange: () => void = () => undefined;

  data(text: string): void {
    this.received += text.length;
    this.parse(text, () => this.acknowledge(text.length));
  }

  parse(text: string, onParsed: () => void): void {
    this.terminal.write(text, () => {
      onParsed();
      this.#onChange();
    });
  }

  resync(snapshot: string): void {
    this.resyncs++;
    this.terminal.reset();
    this.data(snapshot);
  }

  exit(code: number | null): void {
    this.exitCode = code;
    this.#onChange();
  }

  lines(): string[] {
    const buffer = this.terminal.buffer.active;
    return Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row)?.translateToString(true) ?? "");
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
  }

  shows(text: string): Promise<void> {
    return this.until(() => this.lines().some((line) => line.includes(text)));
  }
}

async function open(session: TerminalSession, window = new FakeWindow(), size = SIZE) {
  const attachment = await session.attach(window, size);
  window.acknowledge = (chars) => attachment.acknowledge(chars);
  window.terminal.resize(size.cols, size.rows);
  window.parse(attachment.snapshot, () => undefined);
  return { window, attachment };
}

describe("a session shows the same to whoever attaches (TRM-2)", () => {
  test("what was printed before, then what is printed after, without a gap or a repeat", async () => {
    const agent = new FakeTerminal();
    const session = new TerminalSession(agent, SIZE);
    const first = await open(session);
    agent.print("before\r\n");
    await first.window.shows("before");
    const second = await open(session);
    agent.print("after\r\n");
    await second.window.shows("after");
    expect(second.window.lines().slice(0, 3)).toEqual(["before", "after", ""]);
  });

  test("modes and the alternate screen come back", async () => {
    const agent = new FakeTerminal();
    const session = new TerminalSession(agent, SIZE);
    const first = await open(session);
    agent.print("shell\r\n\x1b[?1049h\x1b[?2004h\x1b[?1002h\x1b[?1006h\x1b[?25l\x1b[?1hfullscreen");
    await first.window.shows("fullscreen");
    const { window, attachment } = await open(session);
    await window.shows("fullscreen");
    expect(window.terminal.buffer.active.type).toBe("alternate");
    expect(window.terminal.modes).toMatchObject({ bracketedPasteMode: true, mouseTrackingMode: "drag", applicationCursorKeysMode: true });
    expect(attachment.snapshot).toContain("\x1b[?1006h");
    expect(attachment.snapshot).toContain("\x1b[?25l");
    agent.print("\x1b[?1049l");
    await window.until(() => window.terminal.buffer.active.type === "normal");
    expect(window.lines()[0]).toBe("shell");
  });

  test("characters split over chunks arrive whole", async () => {
    const agent = new FakeTerminal();
    const { window } = await open(new TerminalSession(agent, SIZE));
    for (const byte of Buffer.from("grün 🧪 日本\r\n")) agent.print(Uint8Array.of(byte));
    await window.shows("grün 🧪 日本");
  });

  test("the screen follows the size of whoever attaches", async () => {
    const agent = new FakeTerminal();
    const session = new TerminalSession(agent, SIZE);
    await open(session, new FakeWindow(), { cols: 100, rows: 30 });
    expect(agent.sizes).toEqual(["100x30"]);
  });
});

describe("queries are answered once, by the session (TRM-4)", () => {
  test("with no window", async () => {
    const agent = new FakeTerminal();
    new TerminalSession(agent, SIZE);
    agent.print("ab\x1b[6n");
    await agent.receives("\x1b[1;3R");
  });

  test("with windows attached none of them sees the query", async () => {
    const agent = new FakeTerminal();
    const session = new TerminalSession(agent, SIZE);
    const { window } = await open(session);
    let replies = "";
    window.terminal.onData((data) => {
      replies += data;
    });
    agent.print("\x1b[c\x1b]11;?\x07done\r\n");
    await window.shows("done");
    await agent.receives("rgb:");
    expect(replies).toBe("");
    expect(agent.typed).toBe("\x1b[?1;2c\x1b]11;rgb:0b0b/0d0d/1010\x1b\\");
  });
});

describe("a flood (TRM-3)", () => {
  const line = `${"x".repeat(78)}\r\n`;
  const flood = line.repeat(40_000);

  test("never waits for a window that does not parse, and sends it a bounded amount", async () => {
    const agent = new FakeTerminal();
    const session = new TerminalSession(agent, SIZE);
    const { window } = await open(session);
    window.acknowledge = () => undefined;
    agent.print(flood);
    agent.print("the end\r\n");
    agent.exit(0);
    await session.ended;
    // One window of data, and the last picture that the end of the program forces out.
    expect(window.received).toBeLessThan(256 * 1024 + 100 * 1024 + 1_200_000);
    await window.shows("the end");
  });

  test("a window that stalled has the very same screen and scrollback once it catches up", async () => {
    const agent = new FakeTerminal();
    const session = new TerminalSession(agent, SIZE);
    const { window, attachment } = await open(session);
    let owed = 0;
    window.acknowledge = (chars) => {
      owed += chars;
    };
    agent.print(`${flood}last line\r\n`);
    const other = await open(session);
    await other.window.shows("last line");
    window.acknowledge = (chars) => attachment.acknowledge(chars);
    attachment.acknowledge(owed);
    await window.until(() => window.resyncs > 0 && window.lines().length > 1000);
    await window.shows("last line");
    agent.print("more\r\n");
    await window.shows("more");
    await other.window.shows("more");
    expect(window.lines().slice(-200)).toEqual(other.window.lines().slice(-200));
  });
});

describe("the end of the program", () => {
  test("is told after the last of its output", async () => {
    const agent = new FakeTerminal();
    const session = new TerminalSession(agent, SIZE);
    const { window } = await open(session);
    agent.print("bye\r\n");
    agent.exit(3);
    await window.until(() => window.exitCode !== undefined);
    expect(window.exitCode).toBe(3);
    await window.shows("bye");
    expect(agent.disposed).toBe(true);
  });

  test("is told to who attaches later, with the last screen", async () => {
    const agent = new FakeTerminal();
    const session = new TerminalSession(agent, SIZE);
    agent.print("bye\r\n");
    agent.exit(0);
    await session.ended;
    const { window } = await open(session);
    await window.shows("bye");
    await window.until(() => window.exitCode !== undefined);
    expect(window.exitCode).toBe(0);
  });
});
