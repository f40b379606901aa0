import { PktLineError, PktLineReader } from "../protocol/pkt-line.ts";

/** Bytes up to the first whole line: what does not begin as git does is refused before anything runs. */
export async function firstLine(chunks: AsyncIterator<Buffer>): Promise<Buffer[]> {
  const reader = new PktLineReader();
  const read: Buffer[] = [];
  for (;;) {
    const { value, done } = await chunks.next();
    if (done === true) throw new PktLineError("the request ends before its first line");
    read.push(value);
    if (reader.next(value) !== null) return read;
  }
}

/** What was read ahead, then the rest. */
export async function* following(head: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  for (;;) {
    const { value, done } = await rest.next();
    if (done === true) return;
    yield value;
  }
}
