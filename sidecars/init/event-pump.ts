import { once } from "node:events";
import type { Writable } from "node:stream";
import { encodeFrameText } from "#common/wire/frame-codec.ts";
import type { Journal } from "./journal.ts";

const BATCH_BYTES = 256 * 1024;

/**
 * Sends a client the events after `since`, kept ones first, then each as it comes. It reads from the journal at the client's
 * pace: a client that stalls costs no memory, and finds a `dropped` event when it stalled longer than the journal reaches.
 */
export async function pumpEvents(journal: Journal, to: Writable, since: number, signal: AbortSignal): Promise<void> {
  let sent = since;
  while (!signal.aborted) {
    const batch = journal.read(sent, BATCH_BYTES);
    if (batch === null) {
      await journal.appended(signal);
      continue;
    }
    sent = batch.last;
    const hasRoom = to.write(encodeFrameText(`{"type":"events","events":[${batch.lines.join(",")}]}`));
    if (!hasRoom) await once(to, "drain", { signal }).catch(() => undefined);
  }
}
