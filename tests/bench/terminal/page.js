// The least a window does with a terminal: the renderer's xterm.js, its acknowledgements, and a look at what it shows.
import { Terminal } from "/xterm.mjs";

const bridge = globalThis.botBottle;
const terminal = new Terminal({ cols: 80, rows: 24, scrollback: 5000, allowProposedApi: true });
terminal.open(document.getElementById("terminal"));
let watch = null;
let terminalId = null;

const row = (index) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + index)?.translateToString(true) ?? "";
const screen = () => Array.from({ length: 24 }, (_, index) => row(index)).join("\n");
const until = (condition) =>
  new Promise((resolve) => {
    watch = () => {
      if (!condition()) return;
      watch = null;
      resolve();
    };
  });

bridge.subscribe("terminal", (event) => {
  if (event.kind === "exit") return;
  const data = event.kind === "data" ? event.data : event.snapshot;
  terminal.write(data, () => {
    if (event.kind === "data") void bridge.call("terminal.ack", { terminalId, chars: data.length });
    watch?.();
  });
});

globalThis.bench = {
  async open() {
    const reply = await bridge.call("terminal.open", { slug: "bench-abcde", cols: 80, rows: 24 });
    terminalId = reply.value.terminalId;
    await new Promise((resolve) => terminal.write(reply.value.snapshot, resolve));
  },
  /** Milliseconds xterm.js takes for the same bytes out of memory. */
  async memory(log, mark) {
    terminal.reset();
    const start = performance.now();
    for (let from = 0; from < log.length; from += 65536) {
      await new Promise((resolve) => terminal.write(log.slice(from, from + 65536), resolve));
    }
    await new Promise((resolve) => terminal.write(`\r\n${mark}\r\n`, resolve));
    return performance.now() - start;
  },
  /** Milliseconds until the agent's flood has ended on this screen. */
  async flood(rounds, mark) {
    terminal.reset();
    const start = performance.now();
    const shown = until(() => screen().includes(mark));
    await bridge.call("terminal.write", { terminalId, data: `flood ${rounds}` });
    await shown;
    return performance.now() - start;
  },
  /** Milliseconds from each key to its echo in the top row, during a flood. */
  async echo(rounds, keys) {
    await bridge.call("terminal.write", { terminalId, data: `flood ${rounds}` });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const delays = [];
    for (let key = 0; key < keys; key++) {
      const typed = `key-${String(key).padStart(4, "0")}`;
      const start = performance.now();
      const shown = until(() => row(0).startsWith(typed));
      await bridge.call("terminal.write", { terminalId, data: typed });
      await shown;
      delays.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return delays;
  },
};
document.title = "bench ready";
