export interface FrameOptions {
  readonly opcode?: number;
  readonly final?: boolean;
  readonly mask?: readonly [number, number, number, number] | null;
  /** Set on the first byte besides: RSV1 says that a message is compressed. */
  readonly reserved?: number;
}

/** A frame of a WebSocket as agents send it. With the mask of zeros its text stays readable. */
export function agentFrame(payload: string | Buffer, options: FrameOptions = {}): Buffer {
  const { opcode = 1, final = true, mask = [0, 0, 0, 0], reserved = 0 } = options;
  const bytes = Buffer.from(payload);
  const masked = mask === null ? 0 : 0x80;
  const head = [(final ? 0x80 : 0) | reserved | opcode];
  if (bytes.length < 126) head.push(masked | bytes.length);
  else if (bytes.length < 65_536) head.push(masked | 126, bytes.length >> 8, bytes.length & 0xff);
  else head.push(masked | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (bytes.length >>> shift) & 0xff));
  return Buffer.concat([Buffer.from([...head, ...(mask ?? [])]), bytes.map((byte, at) => byte ^ (mask?.[at % 4] ?? 0))]);
}
