import { startBundle } from "../../../sidecars/init/bundle.ts";
import { readStateFolder } from "../../../sidecars/init/state-folder.ts";

/** `node run-bundle.ts FOLDER SUPERVISE_PORT`: a bundle as a process, with the real supervise and the stand-in for egress. */
const [folder, supervisePort, gitGatePort] = process.argv.slice(2);
if (folder === undefined || supervisePort === undefined) throw new Error("usage: run-bundle.ts FOLDER SUPERVISE_PORT [GIT_GATE_PORT]");
const bundle = await startBundle(readStateFolder(folder), {
  egressEntry: new URL("./stand-in-egress.ts", import.meta.url),
  superviseEntry: new URL("../../../sidecars/supervise/worker.ts", import.meta.url),
  gitGateEntry: new URL("../../../sidecars/git-gate/worker.ts", import.meta.url),
  gitleaks: process.env.GITLEAKS ?? "gitleaks",
  programs: process.env.PATH ?? "",
  ports: { egress: 0, supervise: Number(supervisePort), gitGate: Number(gitGatePort ?? 0), dns: 0 },
  now: () => new Date(),
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => bundle.shutdown());
process.exitCode = await bundle.ended;
