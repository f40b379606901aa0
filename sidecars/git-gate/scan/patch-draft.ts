import type { PushFile } from "#common/domain/git.ts";
import type { DiffLimits } from "./diff-limits.ts";
import type { PatchFile } from "./patch-file.ts";
import type { PatchEvent } from "./patch-reader.ts";

/**
 * One line of a patch that may be shown. `bytes` holds more of it than will be shown, so that a secret that reaches over the edge is
 * seen whole when it is looked for.
 */
export interface DraftLine {
  readonly sign: "+" | "-" | " " | "@";
  bytes: Buffer;
}

export interface DraftFile {
  readonly file: PatchFile;
  readonly lines: DraftLine[];
  added: number;
  removed: number;
  binary: boolean;
  cut: boolean;
}

/** Collects a diff up to its limits. What lies beyond them is counted and no more. */
export class PatchDraft {
  readonly #limits: DiffLimits;
  readonly #files: DraftFile[] = [];
  #bytes = 0;
  #fileBytes = 0;
  #cut = false;
  #open: DraftFile | null = null;

  constructor(limits: DiffLimits) {
    this.#limits = limits;
  }

  take(event: PatchEvent): void {
    if (event.kind === "file") this.#begin(event.file);
    const open = this.#open;
    if (open === null) return;
    if (event.kind === "unshown") open.binary = true;
    if (event.kind === "hunk") this.#add(open, { sign: "@", bytes: Buffer.from(event.heading, "latin1") });
    if (event.kind === "line") this.#takeLine(open, event);
  }

  finish(): { readonly files: readonly DraftFile[]; readonly cut: boolean } {
    return { files: this.#files, cut: this.#cut };
  }

  #begin(file: PatchFile): void {
    this.#fileBytes = 0;
    this.#open = { file, lines: [], added: 0, removed: 0, binary: false, cut: false };
    if (this.#files.length < this.#limits.maxFiles) this.#files.push(this.#open);
    else this.#cut = true;
  }

  #takeLine(open: DraftFile, { sign, piece }: Extract<PatchEvent, { kind: "line" }>): void {
    if (piece.first && sign === "+") open.added += 1;
    if (piece.first && sign === "-") open.removed += 1;
    if (piece.first) {
      this.#add(open, { sign, bytes: Buffer.from(piece.bytes) });
      return;
    }
    const line = open.lines.at(-1);
    if (line === undefined || open.cut || line.bytes.length > 2 * this.#limits.maxLineBytes) return;
    line.bytes = Buffer.concat([line.bytes, piece.bytes]);
    this.#count(piece.bytes.length);
  }

  #add(open: DraftFile, line: DraftLine): void {
    open.cut ||= this.#fileBytes > this.#limits.maxFileBytes || this.#bytes > this.#limits.maxTotalBytes;
    if (open.cut) {
      this.#cut = true;
      return;
    }
    open.lines.push(line);
    this.#count(line.bytes.length + 2);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#fileBytes += bytes;
  }
}

export function describeFile({ file, added, removed, binary }: DraftFile, patch: string, cut: boolean): PushFile {
  return { path: file.path, oldPath: file.oldPath, change: file.change, added, removed, binary, mode: file.mode, patch, cut };
}
