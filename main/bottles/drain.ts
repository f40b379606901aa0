import type { Slug } from "#common/domain/names.ts";
import { withDeadline } from "../platform/deadline.ts";
import type { Logger } from "../platform/logger.ts";
import type { LinkPool } from "../sidecars/link-pool.ts";

const CONNECT_MS = 3_000;
const SHUTDOWN_MS = 5_000;

export interface DrainDeps {
  readonly links: LinkPool;
  readonly logger: Logger;
  /** Settles what only a living bundle knows, e.g. proposals nobody will decide any more. */
  beforeEnd(slug: Slug): Promise<void>;
}

/** Lets a bundle end in order and keeps the last it had to say. A bundle that does not answer does not hold up the stop. */
export async function drainBundle(deps: DrainDeps, slug: Slug): Promise<void> {
  const link = deps.links.get(slug);
  // Also where it does not answer any more: what was last known of it would go with the link.
  const connected = link.connected(CONNECT_MS);
  try {
    await connected.catch(() => undefined);
    await deps.beforeEnd(slug);
    const client = await connected;
    await client.request({ type: "shutdown" });
    await withDeadline(client.closed, SHUTDOWN_MS, () => new Error("the bundle did not end in time"));
    await link.kept();
  } catch (error) {
    deps.logger.log("warn", "not-drained", { slug, error });
  } finally {
    await deps.links.drop(slug);
  }
}
