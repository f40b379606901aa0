import { startBundle } from "../../../sidecars/init/bundle.ts";
import { readStateFolder } from "../../../sidecars/init/state-folder.ts";

/** `node run-bundle.ts FOLDER SUPERVISE_PORT`: a bundle as a process, with the real supervise and the stand-in for egress. */
const [folder, supervisePort] = process.argv.slice(2);
if (folder === undefined || supervisePort === undefined) throw new Error("usage: run-bundle.ts FOLDER SUPERVISE_PORT");
const bundle = await startBundle(readStateFolder(folder), {
  egressEntry: new URL("./stand-in-egress.ts", import.meta.url),
  superviseEntry: new URL("../../../sidecars/supervise/worker.ts", import.meta.url),
  ports: { egress: 0, supervise: Number(supervisePort), dns: 0 },
  now: () => new Date(),
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => bundle.shutdown());
process.exitCode = await bundle.ended;
