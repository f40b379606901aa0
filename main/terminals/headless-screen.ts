import serializeAddon from "@xterm/addon-serialize";
import xterm from "@xterm/headless";
import type { TerminalSize } from "../backends/backend.ts";

/** Lines above the screen that a re-attached window gets back; bounds the host's memory. */
const SCROLLBACK_LINES = 5000;
/** A snapshot is one frame on the host's socket, and JSON makes up to six bytes of a character. */
const MAX_SNAPSHOT_CHARS = 1_200_000;

/** Private modes the serialiser leaves out: they count as on or off until the program says otherwise. */
const TRACKED_MODES: ReadonlyMap<number, boolean> = new Map([
  [25, true],
  [1005, false],
  [1006, false],
  [1015, false],
  [1016, false],
]);

/** Answers for programs that ask which colours they draw on; the panel's dark ground and text. */
const COLOUR_ANSWERS: Readonly<Record<number, string>> = { 10: "rgb:e8e8/ebeb/f0f0", 11: "rgb:0b0b/0d0d/1010", 12: "rgb:e8e8/ebeb/f0f0" };

/** The screen as the agent drew it, kept without a window (TRM-2). It is also the one that answers the agent's queries. */
export class HeadlessScreen implements Disposable {
  readonly #terminal: xterm.Terminal;
  readonly #serializer = new serializeAddon.SerializeAddon();
  readonly #modes = new Map(TRACKED_MODES);

  constructor(size: TerminalSize, onReply: (data: string) => void) {
    this.#terminal = new xterm.Terminal({ cols: size.cols, rows: size.rows, scrollback: SCROLLBACK_LINES, allowProposedApi: true });
    this.#terminal.loadAddon(this.#serializer);
    this.#terminal.onData(onReply);
    this.#terminal.onBinary(onReply);
    this.#trackModes();
    for (const [id, colour] of Object.entries(COLOUR_ANSWERS)) {
      this.#terminal.parser.registerOscHandler(Number(id), () => {
        onReply(`\x1b]${id};${colour}\x1b\\`);
        return true;
      });
    }
  }

  write(text: string, onParsed: () => void): void {
    this.#terminal.write(text, onParsed);
  }

  resize(size: TerminalSize): void {
    if (size.cols !== this.#terminal.cols || size.rows !== this.#terminal.rows) this.#terminal.resize(size.cols, size.rows);
  }

  /** What brings a terminal of the same size from any state to this one. */
  snapshot(scrollback = SCROLLBACK_LINES): string {
    for (let lines = scrollback; ; lines = Math.floor(lines / 2)) {
      const content = `\x1bc${this.#serializer.serialize({ scrollback: lines })}${this.#serializedModes()}`;
      if (content.length <= MAX_SNAPSHOT_CHARS || lines === 0) return content;
    }
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose();
  }

  #trackModes(): void {
    const set = (on: boolean) => (params: (number | number[])[]) => {
      for (const mode of params) if (typeof mode === "number" && TRACKED_MODES.has(mode)) this.#modes.set(mode, on);
      return false;
    };
    const reset = () => {
      for (const [mode, on] of TRACKED_MODES) this.#modes.set(mode, on);
      return false;
    };
    this.#terminal.parser.registerCsiHandler({ prefix: "?", final: "h" }, set(true));
    this.#terminal.parser.registerCsiHandler({ prefix: "?", final: "l" }, set(false));
    this.#terminal.parser.registerCsiHandler({ intermediates: "!", final: "p" }, reset);
    this.#terminal.parser.registerEscHandler({ final: "c" }, reset);
  }

  #serializedModes(): string {
    const changed = [...this.#modes].filter(([mode, on]) => TRACKED_MODES.get(mode) !== on);
    return changed.map(([mode, on]) => `\x1b[?${mode}${on ? "h" : "l"}`).join("");
  }
}
