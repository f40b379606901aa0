import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { MessagePort } from "node:worker_threads";
import { parentPort, workerData } from "node:worker_threads";
import { GitGateWorkerStart, ToGitGateWorker } from "../kit/git-gate-worker.ts";
import { GitGate } from "./git-gate.ts";
import { InitLink } from "./init-link.ts";
import { createScanner } from "./scan/scanner.ts";

/** The git-gate sidecar: a worker thread of init. */
async function main(port: MessagePort): Promise<void> {
  const start = GitGateWorkerStart.parse(workerData);
  const link = new InitLink(port);
  const workDir = join(start.folder, "scan");
  mkdirSync(workDir, { recursive: true, mode: 0o700 });
  const scanner = createScanner({ gitleaks: start.gitleaks, workDir });
  const gate = new GitGate(start, { link, scanner, now: () => new Date() });
  process.on("exit", () => gate.abandon());
  port.on("message", (message: unknown) => {
    const parsed = ToGitGateWorker.parse(message);
    if (parsed.type !== "stop") return gate.receive(parsed);
    void gate.close(parsed.graceMs).finally(() => port.close());
  });
  await gate.listen();
  link.ready();
}

if (parentPort === null) throw new Error("git-gate runs as a thread of init");
void main(parentPort);
