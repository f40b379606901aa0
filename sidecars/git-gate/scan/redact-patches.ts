import type { PushFile } from "#common/domain/git.ts";
import { byPathCanary, contentCanary } from "./canary.ts";
import { DIFF_LIMITS } from "./diff-limits.ts";
import type { PlacedMatch } from "./gitleaks-input.ts";
import { GitleaksInput } from "./gitleaks-input.ts";
import type { Gitleaks } from "./gitleaks-run.ts";
import type { InstalledRules } from "./installed-rules.ts";
import type { DraftFile } from "./patch-draft.ts";
import { describeFile } from "./patch-draft.ts";
import { REDACTED, redactor } from "./redaction.ts";
import type { ScanPlace } from "./scan-place.ts";

const MAX_PATH = 4096;
/** A whole line of such letters is a part of a key, a certificate or a picture: a hunk may show the middle of one, without its mark. */
const ENCODED_LINE = /^\s*[A-Za-z0-9+/=_-]{48,}\s*$/;

/**
 * Turns drafts into what the operator sees. Everything that would be shown is scanned again, removed and unchanged lines too: a
 * review must not carry a secret out of the bundle that the push itself is kept in for.
 */
export async function redactPatches(
  gitleaks: Gitleaks,
  rules: InstalledRules,
  files: readonly DraftFile[],
  signal: AbortSignal,
): Promise<PushFile[]> {
  const places = files.map(({ file }): ScanPlace => ({ commit: null, place: "file", path: file.path, before: false }));
  const found: PlacedMatch[] = [];
  for (const [config, canary] of [[rules.contentFile, contentCanary()] as const, [rules.byPathFile, byPathCanary()] as const]) {
    const input = new GitleaksInput(gitleaks, config, canary, signal);
    for (const [index, { file, lines }] of files.entries()) {
      const place = places[index];
      if (place === undefined) continue;
      input.feed.addText(place, 0, Buffer.from(`${file.path}\n${file.oldPath ?? ""}`.replaceAll("\n", " ")));
      for (const [line, { bytes }] of lines.entries()) input.feed.addLine(place, line + 1, bytes);
      input.feed.endRun();
      await input.feed.drained();
    }
    found.push(...(await input.finish()));
  }
  const redact = redactor(found.map(({ match }) => match.Secret));
  return files.map((file, index) => show(file, linesOf(found, places[index]), redact));
}

/** Lines on which something was found: where the secret itself is not on the line as it is (encoded, many lines), the line goes. */
function linesOf(found: readonly PlacedMatch[], place: ScanPlace | undefined): ReadonlyMap<number, readonly string[]> {
  const lines = new Map<number, string[]>();
  for (const { line, match, place: at } of found) {
    if (at !== place || line === null) continue;
    const last = line + match.EndLine - match.StartLine;
    for (let each = line; each <= last; each += 1) lines.set(each, [...(lines.get(each) ?? []), match.Secret]);
  }
  return lines;
}

function show(draft: DraftFile, hits: ReadonlyMap<number, readonly string[]>, redact: (text: string) => string): PushFile {
  const shown: string[] = [];
  let cut = draft.cut;
  for (const [index, { sign, bytes }] of draft.lines.entries()) {
    const text = readable(bytes);
    const secrets = hits.get(index + 1) ?? [];
    const hidden = secrets.some((secret) => !text.includes(secret)) || ENCODED_LINE.test(text);
    const line = hidden ? REDACTED : redact(text);
    cut ||= line.length > DIFF_LIMITS.maxLineBytes;
    shown.push(`${sign === "@" ? "" : sign}${line.slice(0, DIFF_LIMITS.maxLineBytes).toWellFormed()}\n`);
  }
  const { path, oldPath, ...rest } = describeFile(draft, shown.join(""), cut);
  // What stands for a secret may be longer than it.
  const shownPath = (each: string) => redact(each).slice(0, MAX_PATH);
  return { ...rest, path: shownPath(path), oldPath: oldPath === null ? null : shownPath(oldPath) };
}

/** Bytes that are no text are replaced, and zero bytes, which nothing shows. */
function readable(bytes: Buffer): string {
  return bytes.toString("utf8").replaceAll("\0", "\ufffd");
}
