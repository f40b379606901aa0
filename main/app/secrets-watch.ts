import { watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { TopicBus } from "../ipc/handlers.ts";
import { Coalesced } from "../platform/coalesced.ts";
import type { Logger } from "../platform/logger.ts";
import type { OperatorSecrets } from "./operator-secrets.ts";
import type { SecretDesk } from "./secret-desk.ts";

/** Tells windows what any process of this home changed in the store, and gives bottles what they can have since. */
export async function watchSecrets(desk: SecretDesk, secrets: OperatorSecrets, bus: TopicBus, logger: Logger): Promise<Disposable> {
  await mkdir(secrets.folder, { recursive: true, mode: 0o700 });
  const publish = new Coalesced(async () => bus.publish("secrets", await desk.view()));
  const failed = (error: unknown) => logger.log("warn", "secrets-watch-failed", { error });
  const changed = async () => {
    for (const each of (await desk.giveMissing()).failed) logger.log("warn", "secrets-not-given", { ...each });
    await publish.run();
  };
  const watcher = watch(secrets.folder, { persistent: false }, (_event, name) => {
    if (name === "store.json") changed().catch(failed);
    else if (name === "uses.json") publish.run().catch(failed);
  });
  watcher.on("error", failed);
  const asked = secrets.env.changed.subscribe(() => void publish.run().catch(failed));
  return {
    [Symbol.dispose]() {
      watcher.close();
      asked[Symbol.dispose]();
    },
  };
}
