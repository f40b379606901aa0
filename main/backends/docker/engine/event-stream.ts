import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { z } from "zod";
import { linesOf } from "./lines.ts";

export const EngineEvent = z.object({
  Type: z.string().optional(),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullable().default({}) }),
});
export type EngineEvent = z.infer<typeof EngineEvent>;

/** The engine's events from now on. Resolves once the engine listens, so that whoever asks it afterwards misses nothing. */
export async function openEvents(
  engine: Docker,
  filters: Docker.GetEventsOptions["filters"],
  signal: AbortSignal,
): Promise<AsyncIterable<EngineEvent>> {
  const response = (await engine.getEvents({ filters: JSON.stringify(filters), abortSignal: signal })) as Readable;
  return eventsOf(response, signal);
}

async function* eventsOf(response: Readable, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const stop = () => response.destroy();
  response.on("error", () => {});
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const line of linesOf(response)) {
      const event = EngineEvent.safeParse(parseJson(line));
      if (event.success) yield event.data;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    response.destroy();
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
