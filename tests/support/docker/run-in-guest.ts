import { text } from "node:stream/consumers";
import type { Slug } from "#common/domain/names.ts";
import type { Backend } from "../../../main/backends/backend.ts";

export interface GuestResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a shell script in a bottle to its end, as the agent's user. */
export async function runInGuest(backend: Backend, slug: Slug, script: string, input = ""): Promise<GuestResult> {
  await using stream = await backend.exec(slug, ["bash", "-c", script], AbortSignal.timeout(60_000));
  stream.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(stream.stdout), text(stream.stderr)]);
  return { code: await stream.exited, stdout, stderr };
}
