import type { Command } from "./context.ts";

/** Runs the chosen command's work; its modules load only then. */
export type RunCommand = (json: boolean, work: (command: Command) => Promise<number>) => Promise<void>;

export const JSON_OPTION = ["--json", "machine-readable output on stdout"] as const;
