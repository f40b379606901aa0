import type { Backend } from "../../backends/backend.ts";

export interface GuestResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the bottle and collects what it prints. */
export async function runInGuest(backend: Backend, slug: string, argv: readonly string[], signal: AbortSignal): Promise<GuestResult> {
  await using running = await backend.exec(slug, argv, signal);
  running.stdin.end();
  const [stdout, stderr, code] = await Promise.all([collect(running.stdout), collect(running.stderr), running.exited]);
  return { code, stdout, stderr };
}

async function collect(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
