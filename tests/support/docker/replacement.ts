import type { Slug } from "#common/domain/names.ts";
import type { AgentReplacement, Backend, ReplacementProgress, ReplacementStep } from "../../../main/backends/backend.ts";
import { runInGuest } from "./run-in-guest.ts";

export interface RecordedReplacement extends ReplacementProgress {
  readonly begun: ReplacementStep[];
  readonly finished: ReplacementStep[];
  readonly lines: string[];
}

export function recordReplacement(
  onBegin: (step: ReplacementStep) => void = () => {},
  onLine: (line: string) => void = () => {},
): RecordedReplacement {
  const begun: ReplacementStep[] = [];
  const finished: ReplacementStep[] = [];
  const lines: string[] = [];
  return {
    begun,
    finished,
    lines,
    begin(step) {
      begun.push(step);
      onBegin(step);
    },
    log(line) {
      lines.push(line);
      onLine(line);
    },
    done: (step) => void finished.push(step),
  };
}

export function replacementOf(slug: Slug, instructions: string, changes: Partial<AgentReplacement> = {}): AgentReplacement {
  return { slug, dockerfile: `FROM bot-bottle-agent\n${instructions}\n`, command: ["bash", "-l"], verify: [], ...changes };
}

/** When the main process began, by the machine's clock, which tells it from any that came after it. */
export async function mainProcess(backend: Backend, slug: Slug): Promise<string> {
  return (await runInGuest(backend, slug, "cut -d' ' -f22 /proc/1/stat")).stdout.trim();
}
