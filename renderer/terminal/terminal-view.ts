import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import type { ITheme } from "@xterm/xterm";
import { Terminal } from "@xterm/xterm";
import { isMac } from "../ui/platform.ts";
import { hasHardwareWebgl } from "./hardware-webgl.ts";
import { neutralise } from "./hostile-output.ts";
import { TerminalStream } from "./terminal-stream.ts";

export interface TerminalEvents {
  /** The operator clicked a link with Ctrl or Cmd held. */
  onLink(url: string): void;
  onEnded(exitCode: number | null): void;
  onSearch(): void;
  onLeave(): void;
  onZoom(step: -1 | 0 | 1): void;
  onMatches(matches: { index: number; count: number } | null): void;
}

export interface TerminalLook {
  theme: ITheme;
  fontSize: number;
  screenReader: boolean;
}

const FONT = '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace';
const matchColours = {
  matchBackground: "#5b4a1f",
  matchBorder: "#e0b15a",
  matchOverviewRuler: "#e0b15a",
  activeMatchBackground: "#e0b15a",
  activeMatchColorOverviewRuler: "#e0b15a",
};

type Command = "copy" | "paste" | "search" | "leave" | "zoom-in" | "zoom-out" | "zoom-reset";

/** Keys the panel keeps for itself while a terminal has the focus. Everything else is the agent's. */
function commandOf(event: KeyboardEvent): Command | null {
  const key = event.key.toLowerCase();
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (event.ctrlKey && event.shiftKey && key === "l") return "leave";
  if (mod && (key === "=" || key === "+")) return "zoom-in";
  if (mod && key === "-") return "zoom-out";
  if (mod && key === "0") return "zoom-reset";
  if (isMac) return event.metaKey && key === "f" ? "search" : null;
  if (!event.ctrlKey || !event.shiftKey) return null;
  if (key === "c") return "copy";
  if (key === "v") return "paste";
  return key === "f" ? "search" : null;
}

/** xterm on a page, joined to a bottle's terminal. */
export class TerminalView {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #stream: TerminalStream;
  readonly #events: TerminalEvents;
  readonly #observer: ResizeObserver;
  readonly #host: HTMLElement;
  #disposed = false;

  constructor(host: HTMLElement, look: TerminalLook, events: TerminalEvents) {
    this.#host = host;
    this.#events = events;
    this.#terminal = this.#create(look);
    this.#stream = new TerminalStream({
      write: (data, done) => this.#terminal.write(data, done),
      replace: (snapshot, done) => this.#terminal.write(snapshot, done),
      ended: (exitCode) => events.onEnded(exitCode),
    });
    this.#observer = new ResizeObserver(() => this.#fitToHost());
  }

  #create(look: TerminalLook): Terminal {
    const activate = (event: MouseEvent, url: string) => this.#follow(event, url);
    const terminal = new Terminal({
      fontFamily: FONT,
      fontSize: look.fontSize,
      lineHeight: 1.25,
      theme: look.theme,
      minimumContrastRatio: 4.5,
      screenReaderMode: look.screenReader,
      scrollback: 10_000,
      cursorBlink: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      macOptionIsMeta: true,
      allowProposedApi: true,
      linkHandler: { activate, allowNonHttpProtocols: false },
    });
    neutralise(terminal);
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    terminal.loadAddon(new WebLinksAddon(activate));
    terminal.attachCustomKeyEventHandler((event) => this.#handleKey(event));
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) =>
      this.#events.onMatches({ index: resultIndex + 1, count: resultCount }),
    );
    return terminal;
  }

  /** Shows the screen as the host has it and follows it from there. */
  async attach(slug: string): Promise<void> {
    await document.fonts.load(`13px ${FONT}`).catch(() => undefined);
    if (this.#disposed) return;
    this.#terminal.open(this.#host);
    this.#fit.fit();
    await this.#paintInHardware();
    if (this.#disposed) return;
    this.#observer.observe(this.#host);
    await this.#stream.open(slug, { cols: this.#terminal.cols, rows: this.#terminal.rows });
    if (this.#disposed) return;
    this.#terminal.onData((data) => this.#stream.type(data));
    this.#terminal.onBinary((data) => this.#stream.type(data));
    this.#terminal.onResize((size) => this.#stream.resize(size));
    this.#fitToHost();
  }

  async #paintInHardware(): Promise<void> {
    if (!hasHardwareWebgl()) return;
    const { WebglAddon } = await import("@xterm/addon-webgl");
    if (this.#disposed) return;
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    this.#terminal.loadAddon(webgl);
  }

  focus(): void {
    this.#terminal.focus();
  }

  restyle(look: TerminalLook): void {
    this.#terminal.options.theme = look.theme;
    this.#terminal.options.screenReaderMode = look.screenReader;
    if (this.#terminal.options.fontSize === look.fontSize) return;
    this.#terminal.options.fontSize = look.fontSize;
    this.#fitToHost();
  }

  find(text: string, direction: "next" | "previous", incremental = false): void {
    if (text === "") {
      this.clearSearch();
      return;
    }
    const options = { incremental, decorations: matchColours };
    if (direction === "next") this.#search.findNext(text, options);
    else this.#search.findPrevious(text, options);
  }

  clearSearch(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
    this.#events.onMatches(null);
  }

  dispose(): void {
    this.#disposed = true;
    this.#observer.disconnect();
    this.#stream.close();
    this.#terminal.dispose();
  }

  #fitToHost(): void {
    // A hidden tab has no size; the agent's screen keeps the one it had.
    if (this.#host.clientWidth > 0 && this.#host.clientHeight > 0) this.#fit.fit();
  }

  #follow(event: MouseEvent, url: string): void {
    if (event.ctrlKey || event.metaKey) this.#events.onLink(url);
  }

  #handleKey(event: KeyboardEvent): boolean {
    const command = commandOf(event);
    if (!command) return true;
    if (event.type !== "keydown") return false;
    // The browser pastes by itself, and the terminal brackets what comes.
    if (command === "paste") return false;
    event.preventDefault();
    this.#run(command);
    return false;
  }

  #run(command: Exclude<Command, "paste">): void {
    if (command === "copy") document.execCommand("copy");
    else if (command === "search") this.#events.onSearch();
    else if (command === "leave") this.#events.onLeave();
    else this.#events.onZoom(command === "zoom-in" ? 1 : command === "zoom-out" ? -1 : 0);
  }
}
