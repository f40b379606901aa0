import { readFile } from "node:fs/promises";
import { descendants } from "./ssh-upstream.ts";

export interface MemoryWatch extends AsyncDisposable {
  /** MiB of the process itself, when the watch began. */
  readonly before: number;
  /** MiB: the most of the process, and of any one of its children, since. */
  readonly peaks: { readonly gate: number; readonly children: number };
}

const EVERY_MS = 200;

/** Watches the private memory of a process and of what it starts; pages of mapped files are the system's to take back. */
export async function peakMemory(pid: number): Promise<MemoryWatch> {
  const before = await privateMiB(pid);
  const peaks = { gate: before, children: 0 };
  const over = new AbortController();
  const watching = watch(pid, peaks, over.signal);
  return {
    before,
    peaks,
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await watching;
    },
  };
}

async function watch(pid: number, peaks: { gate: number; children: number }, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const children = await Promise.all((await descendants(pid)).map(privateMiB));
    peaks.gate = Math.max(peaks.gate, await privateMiB(pid));
    peaks.children = Math.max(peaks.children, ...children);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

async function privateMiB(pid: number): Promise<number> {
  try {
    const [, kib] = /^RssAnon:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0;
  }
}
