import type { Readable } from "node:stream";
import { z } from "zod";
import { linesOf } from "../engine/lines.ts";

/** What the engine says while it builds, pulls or imports; other fields are of no interest. */
const ProgressLine = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  error: z.string().optional(),
});

/** A build, pull or import that the engine gave up; `output` holds its last lines, for whoever has to mend it. */
export class EngineWorkError extends Error {
  override readonly name = "EngineWorkError";
  readonly output: readonly string[];

  constructor(message: string, output: readonly string[]) {
    super(message);
    this.output = output;
  }
}

const KEPT_LINES = 20;

/** Follows the engine's progress to its end; throws `EngineWorkError` when it reports a failure. */
export async function followProgress(response: NodeJS.ReadableStream, detail: (text: string) => void, signal: AbortSignal): Promise<void> {
  const kept: string[] = [];
  const source = response as Readable;
  const stop = () => source.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const raw of linesOf(source)) {
      const line = parseLine(raw);
      if (line === null) continue;
      if (line.error !== undefined) throw new EngineWorkError(line.error, kept);
      for (const text of textOf(line)) {
        kept.push(text);
        if (kept.length > KEPT_LINES) kept.shift();
        detail(text);
      }
    }
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", stop);
    source.destroy();
  }
}

function parseLine(raw: string): z.infer<typeof ProgressLine> | null {
  try {
    return ProgressLine.parse(JSON.parse(raw));
  } catch {
    return null;
  }
}

function textOf(line: z.infer<typeof ProgressLine>): readonly string[] {
  const text = line.stream ?? [line.id, line.status].filter(Boolean).join(" ");
  return text
    .split("\n")
    .map((part) => part.trimEnd())
    .filter((part) => part !== "");
}
