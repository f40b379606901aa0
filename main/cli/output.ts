import type { Writable } from "node:stream";

/** Where a command writes: results to stdout, everything said along the way to stderr. */
export class Output {
  readonly json: boolean;
  readonly stdout: Writable;
  readonly stderr: Writable;

  constructor(json: boolean, stdout: Writable, stderr: Writable) {
    this.json = json;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** The command's result: the value with --json, else the text. */
  result(value: unknown, text: () => string): void {
    this.stdout.write(this.json ? `${JSON.stringify(value)}\n` : ensureNewline(text()));
  }

  say(text: string): void {
    this.stderr.write(ensureNewline(text));
  }
}

function ensureNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
