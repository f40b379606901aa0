/** A panel that replaces an agent and says on its output where it is, so that a test can kill it there. */
import { homedir } from "node:os";
import { createDockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import { recordReplacement, replacementOf } from "./replacement.ts";

const [slug = "", cacheDir = ""] = process.argv.slice(2);
const backend = createDockerBackend({ env: process.env, homeDir: homedir(), cacheDir });
const say = (step: string) => process.stdout.write(`${step}\n`);
await backend.replaceAgent(
  replacementOf(slug, "USER root\nRUN touch /opt/new-image\nUSER node", { command: ["bash", "-l"] }),
  recordReplacement(say),
  AbortSignal.timeout(300_000),
);
say("done");
