/** What a window that cannot keep up gets instead of bytes: pictures of the screen, `scrollback` lines deep. */
export interface WindowSink {
  data(text: string): void;
  resync(snapshot: string): void;
}

export interface FlowSource {
  /** The screen as parsed by now, without scrollback. */
  frame(): string;
  /** Calls back with everything, at the point in the output where it was asked for. */
  settle(onSnapshot: (snapshot: string) => void): void;
}

/** Characters a window may have unparsed, and the same again waiting here, before it is shown frames. */
const WINDOW_CHARS = 256 * 1024;
const MAX_WAITING_CHARS = 256 * 1024;
const BATCH_MS = 5;
const FRAME_MS = 16;
/** A flood is over when this long nothing was printed. */
const CALM_MS = 100;

/** Windows acknowledge data, not snapshots: a character that every terminal ignores behind one tells when it is on the screen. */
const RECEIPT = "\0";

type Mode = "streaming" | "frames" | "settling";

/**
 * Output towards one window (TRM-3): the first bytes at once, then in batches, as long as the window acknowledges. A
 * window that falls behind is shown the screen at frame rate, and the whole of it once the flood is over: the agent is
 * never held up, memory is bounded, and what was typed shows at the next frame.
 */
export class WindowFlow implements Disposable {
  readonly #sink: WindowSink;
  readonly #source: FlowSource;
  #mode: Mode = "settling";
  #waiting: string[] = [];
  #waitingChars = 0;
  #unacknowledged = 0;
  #timer: NodeJS.Timeout | null = null;
  #lastOutputAt = 0;
  #disposed = false;

  constructor(sink: WindowSink, source: FlowSource) {
    this.#sink = sink;
    this.#source = source;
  }

  /** Resolves with the screen as it is; what is printed after that point follows as data, never before the caller saw this. */
  open(): Promise<string> {
    return new Promise((resolve) => {
      this.#source.settle((snapshot) => {
        this.#mode = "streaming";
        resolve(snapshot);
        this.#tickAfter(BATCH_MS);
      });
    });
  }

  /** Output printed after the point the window's snapshot was taken at. */
  offer(text: string): void {
    if (text === "") return;
    this.#lastOutputAt = performance.now();
    if (this.#mode === "frames") return;
    this.#waiting.push(text);
    this.#waitingChars += text.length;
    if (this.#mode === "streaming" && this.#waitingChars > MAX_WAITING_CHARS && this.#unacknowledged >= WINDOW_CHARS)
      return this.#showFrames();
    if (this.#mode === "streaming" && this.#timer === null) this.#sendBatch();
  }

  /** Characters of data the window has parsed; one that counts snapshots too does no harm. */
  acknowledge(chars: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - chars);
    if (this.#timer === null) this.#tick();
  }

  /** Sends what waits whatever the window has parsed: the program has ended and no more will come. */
  finish(): void {
    if (this.#mode === "streaming") this.#send();
    else this.#settle();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #sendBatch(): void {
    if (this.#waitingChars === 0 || this.#unacknowledged >= WINDOW_CHARS) return;
    this.#send();
    this.#tickAfter(BATCH_MS);
  }

  #send(): void {
    if (this.#waitingChars === 0) return;
    const text = this.#takeWaiting();
    this.#unacknowledged += text.length;
    this.#sink.data(text);
  }

  #takeWaiting(): string {
    const text = this.#waiting.join("");
    this.#waiting = [];
    this.#waitingChars = 0;
    return text;
  }

  #showFrames(): void {
    this.#mode = "frames";
    this.#takeWaiting();
    if (this.#timer === null) this.#tickAfter(FRAME_MS);
  }

  #nextFrame(): void {
    // A window that has not parsed the last frame gets the next one when it says so.
    if (this.#unacknowledged > 0) return;
    if (performance.now() - this.#lastOutputAt > CALM_MS) return this.#settle();
    this.#resync(this.#source.frame());
    this.#tickAfter(FRAME_MS);
  }

  #settle(): void {
    if (this.#mode === "settling") return;
    this.#mode = "settling";
    // From here on output is kept again: the snapshot is of exactly this point.
    this.#source.settle((snapshot) => {
      if (this.#disposed) return;
      this.#mode = "streaming";
      this.#resync(snapshot);
      if (this.#timer === null) this.#tick();
    });
  }

  #resync(snapshot: string): void {
    this.#sink.resync(snapshot);
    this.#unacknowledged += RECEIPT.length;
    this.#sink.data(RECEIPT);
  }

  #tick(): void {
    if (this.#mode === "streaming") this.#sendBatch();
    else if (this.#mode === "frames") this.#nextFrame();
  }

  #tickAfter(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#disposed) this.#tick();
    }, ms);
  }
}
