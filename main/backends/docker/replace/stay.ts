import { stripVTControlCharacters } from "node:util";
import type Docker from "dockerode";
import { OperatorError } from "#common/domain/operator-error.ts";
import { inertLine } from "#common/manifest/inert-line.ts";

/** A program that cannot go on in its new image says so within this time, also on a machine that is busy. */
const PROVEN_MS = 4000;
const SAID_LINES = 20;

/** Resolves once the agent has run for a moment; rejects with its last words when it ends before. */
export async function requireStaying(agent: Docker.Container, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const watching = new AbortController();
  const ended: Promise<{ StatusCode: number }> = agent.wait({ condition: "not-running", abortSignal: watching.signal });
  ended.catch(() => undefined);
  const proven = Promise.withResolvers<null>();
  const timer = setTimeout(() => proven.resolve(null), PROVEN_MS);
  const cancel = () => proven.reject(signal.reason);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const end = await Promise.race([ended, proven.promise]);
    if (end !== null) throw await endedEarly(agent, end.StatusCode);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
    watching.abort();
  }
}

async function endedEarly(agent: Docker.Container, code: number): Promise<OperatorError> {
  const log = await agent.logs({ stdout: true, stderr: true, tail: SAID_LINES }).catch(() => "");
  const said = inertLine(stripVTControlCharacters(log.toString()).replace(/\s+/g, " ").trim().slice(-500));
  return new OperatorError("start-failed", {
    message: `The agent did not stay up on its new image: it ended with code ${code}${said === "" ? "" : `: ${said}`}`,
    hint: "It goes on on the old one. Edit the Dockerfile, or reject the proposal with a note",
  });
}
