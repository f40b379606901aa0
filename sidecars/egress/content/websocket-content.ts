import type { BodyContent, BodyReport } from "./body-content.ts";
import { ContentScanner } from "./content-scanner.ts";
import type { Detectors } from "./detectors.ts";
import type { ScanLimits } from "./scan-limits.ts";

const FINAL = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const CONTROL = 0x08;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/**
 * What an agent says over a WebSocket (RFC 6455): its messages are unmasked for the scan and read one after the other, control frames too.
 * No compression was agreed on, so whatever is compressed, unmasked or broken is not understood and ends the connection.
 */
export class WebSocketContent implements BodyContent {
  readonly #message: ContentScanner;
  readonly #control: ContentScanner;
  readonly #report: BodyReport;
  readonly #limits: ScanLimits;
  /** Bytes of a frame's head that is not whole yet. */
  #head: number[] = [];
  #frame: Frame | null = null;
  #messageBytes = 0;
  /** A message goes on in a further frame. */
  #continued = false;
  #passing = false;

  constructor(detectors: Detectors, report: BodyReport, limits: ScanLimits) {
    this.#message = new ContentScanner(detectors, (rule, { secret }) => report.found(rule, secret));
    this.#control = new ContentScanner(detectors, (rule, { secret }) => report.found(rule, secret));
    this.#report = report;
    this.#limits = limits;
  }

  get open(): boolean {
    return !this.#passing && (this.#message.open || this.#control.open);
  }

  read(bytes: Buffer, _last: boolean, done: () => void): void {
    if (this.#passing) return done();
    let at = 0;
    while (at < bytes.length) {
      if (this.#frame === null) {
        const problem = this.#takeHead(bytes[at] as number);
        if (problem !== null) return this.#giveUp(problem, done);
        at += 1;
      } else at += this.#takePayload(this.#frame, bytes.subarray(at));
      if (this.#frame?.left === 0) this.#endFrame(this.#frame);
    }
    done();
  }

  stop(): void {
    this.#frame = null;
  }

  #giveUp(problem: string, done: () => void): void {
    this.#passing = this.#report.unreadable(problem);
    if (this.#passing) done();
  }

  #takeHead(byte: number): string | null {
    this.#head.push(byte);
    const [first, second] = this.#head as [number, number | undefined];
    if ((first & RESERVED) !== 0) return "its frames are compressed or reserved";
    if (second === undefined) return null;
    if ((second & MASKED) === 0) return "its frames are not masked";
    const short = second & 0x7f;
    const wide = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
    if (this.#head.length < 2 + wide + 4) return null;
    const left = wide === 0 ? short : this.#head.slice(2, 2 + wide).reduce((sum, part) => sum * 256 + part, 0);
    const control = (first & CONTROL) !== 0;
    this.#frame = { final: (first & FINAL) !== 0, control, left, mask: Buffer.from(this.#head.slice(2 + wide)), at: 0 };
    this.#head = [];
    return this.#frameProblem(this.#frame, first & 0x0f);
  }

  #frameProblem(frame: Frame, opcode: number): string | null {
    if (frame.control) return frame.left > 125 || !frame.final ? "a control frame is malformed" : null;
    if ((opcode === 0) !== this.#continued || opcode > 2) return "its frames do not make messages";
    this.#messageBytes += frame.left;
    return this.#messageBytes > this.#limits.messageBytes ? "a message is too large" : null;
  }

  #takePayload(frame: Frame, bytes: Buffer): number {
    const taken = Math.min(frame.left, bytes.length, this.#limits.sliceBytes);
    const clear = Buffer.allocUnsafe(taken);
    for (let index = 0; index < taken; index += 1) {
      clear[index] = (bytes[index] as number) ^ (frame.mask[(frame.at + index) % 4] as number);
    }
    frame.at += taken;
    frame.left -= taken;
    (frame.control ? this.#control : this.#message).feed(clear);
    return taken;
  }

  #endFrame(frame: Frame): void {
    this.#frame = null;
    if (frame.control) return this.#control.end();
    this.#continued = !frame.final;
    if (!frame.final) return;
    this.#messageBytes = 0;
    this.#message.end();
  }
}

interface Frame {
  readonly final: boolean;
  readonly control: boolean;
  left: number;
  readonly mask: Buffer;
  at: number;
}
