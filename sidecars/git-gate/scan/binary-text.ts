import type { LinePiece } from "./line-pieces.ts";

/** Shorter runs hold no secret that a rule knows, and random bytes are full of them. */
const MIN_RUN = 8;
/** UTF-32 has three zero bytes in a row; more of them part one text from the next. */
const MAX_NULS = 3;

/**
 * What can be text in a piece of a binary file: the piece as it is where all of it may be, else each run of printable bytes.
 * Zero bytes stay in the runs; whoever reads them drops them, which makes text of UTF-16.
 */
export function textOf(piece: LinePiece): readonly LinePiece[] {
  const runs = findRuns(piece.bytes);
  const [only] = runs;
  if (runs.length === 1 && only !== undefined && only.length === piece.bytes.length) return [piece];
  return runs.map((bytes) => ({ bytes, first: true, last: true }));
}

/** Git's own test: a file with a zero byte at its beginning is no text. */
export function isBinary(head: Buffer): boolean {
  return head.subarray(0, 8000).includes(0);
}

function findRuns(bytes: Buffer): readonly Buffer[] {
  const runs: Buffer[] = [];
  let start = -1;
  let printable = 0;
  let nuls = 0;
  const close = (end: number) => {
    if (printable >= MIN_RUN) runs.push(bytes.subarray(start, end - nuls));
    start = -1;
    printable = 0;
    nuls = 0;
  };
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if ((byte >= 32 && byte < 127) || byte === 9 || byte === 13) {
      if (start === -1) start = at;
      printable += 1;
      nuls = 0;
    } else if (byte === 0 && start !== -1 && nuls < MAX_NULS) {
      nuls += 1;
    } else if (start !== -1) {
      close(at);
    }
  }
  if (start !== -1) close(bytes.length);
  return runs;
}
