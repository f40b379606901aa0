/** What a body may cost. The agent chooses every byte of it. */
export interface ScanLimits {
  /** Scanned at once, and decompressed at once. */
  readonly sliceBytes: number;
  /** After so long in one go, other connections have their turn. */
  readonly turnMs: number;
  /** CPU time for a body: so much, and so much more for each MiB. Ordinary text needs 20 ms a MiB. */
  readonly bodyCpuMs: number;
  readonly cpuMsPerMiB: number;
  /** A finding that is not decided yet needs no more of the body than this: what lies further back may go. */
  readonly heldBytes: number;
  /** Decompressed content may be so many times what came, once it is larger than the second figure. */
  readonly expansion: number;
  readonly expansionFromBytes: number;
  /** One message of a WebSocket, and one decompressed body. */
  readonly messageBytes: number;
  readonly decompressedBytes: number;
  /** Bodies that are decompressed at once. */
  readonly decompressors: number;
}

export const defaultScanLimits: ScanLimits = {
  sliceBytes: 16 * 1024,
  turnMs: 5,
  bodyCpuMs: 3000,
  cpuMsPerMiB: 1000,
  heldBytes: 192 * 1024,
  expansion: 250,
  expansionFromBytes: 4 * 1024 ** 2,
  messageBytes: 64 * 1024 ** 2,
  decompressedBytes: 1024 ** 3,
  decompressors: 16,
};
