const PREFIX = 0x1d; // Ctrl-]
const DETACH = 0x64; // d

export const DETACH_HINT = "Ctrl-] then d";

export interface KeyedInput {
  /** What the program gets. */
  readonly forward: Buffer;
  readonly detach: boolean;
}

/** Watches the operator's keys for the detach sequence; a prefix that is followed by something else is passed on with it. */
export class DetachKeys {
  #pending = false;

  feed(chunk: Uint8Array): KeyedInput {
    const forward: number[] = [];
    for (const byte of chunk) {
      if (this.#pending && byte === DETACH) return { forward: Buffer.from(forward), detach: true };
      if (this.#pending) forward.push(PREFIX);
      this.#pending = byte === PREFIX;
      if (!this.#pending) forward.push(byte);
    }
    return { forward: Buffer.from(forward), detach: false };
  }
}
