import { setTimeout as wait } from "node:timers/promises";
import type { Services } from "../app/services.ts";

const CONNECT_MS = 10_000;
const CATCH_UP_MS = 10_000;

/** Waits until everything the bundle knew when it was asked is in the archive. */
export async function catchUp(services: Services, slug: string): Promise<void> {
  const link = services.links.get(slug);
  const deadline = AbortSignal.timeout(CATCH_UP_MS);
  const { snapshot } = await link.connected(CONNECT_MS);
  while ((await services.archive.lastSeq(slug)) < snapshot.lastSeq && !deadline.aborted) {
    const more = new AbortController();
    using _events = link.events.subscribe(() => more.abort());
    await link.kept();
    if ((await services.archive.lastSeq(slug)) >= snapshot.lastSeq) return;
    await wait(CATCH_UP_MS, undefined, { signal: AbortSignal.any([more.signal, deadline]) }).catch(() => undefined);
  }
}
