import { parseArgs } from "node:util";
import { BUNDLE_STATE_DIR } from "#common/wire/ports.ts";
import { log, messageOf } from "../kit/log.ts";
import { STANDARD_PORTS, startBundle } from "./bundle.ts";
import { readStateFolder } from "./state-folder.ts";

/** Where the bundle's image has the scanner. */
const GITLEAKS = "/opt/tools/gitleaks";

/** Process 1 of a bundle: `node init.cjs [--state DIR]`. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { state: { type: "string", default: BUNDLE_STATE_DIR } } });
  // From the sources the workers lie in their own folders, built they lie beside this file.
  const fromSource = import.meta.url.endsWith(".ts");
  const bundle = await startBundle(readStateFolder(values.state), {
    egressEntry: new URL(fromSource ? "../egress/worker.ts" : "./egress.cjs", import.meta.url),
    superviseEntry: new URL(fromSource ? "../supervise/worker.ts" : "./supervise.cjs", import.meta.url),
    gitGateEntry: new URL(fromSource ? "../git-gate/worker.ts" : "./git-gate.cjs", import.meta.url),
    gitleaks: process.env.GITLEAKS ?? GITLEAKS,
    programs: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    ports: STANDARD_PORTS,
    now: () => new Date(),
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => bundle.shutdown());
  process.exitCode = await bundle.ended;
}

main().catch((error: unknown) => {
  log("error", "bundle-failed", { reason: messageOf(error) });
  process.exit(1);
});
