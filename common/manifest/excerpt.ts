import { coverCredentials } from "./cover-credentials.ts";
import { inertLine } from "./inert-line.ts";
import type { Position } from "./problem.ts";

const MAX_BEFORE = 60;
const MAX_MARKED = 60;
const MAX_AFTER = 60;
/** Longer lines are cut before anything looks at them: a hostile one may have a hundred thousand characters. */
const REACH = 400;

/** The line of `text` that `position` is on and a caret line below it, both inert; empty where there is no such line. */
export function excerpt(text: string, position: Position): string {
  const line = lineOf(text, position.line);
  if (line === null) return "";
  const start = Math.min(position.column - 1, line.length);
  const from = Math.max(0, start - REACH);
  const near = coverCredentials(line.slice(from, start + REACH));
  const at = start - from;
  const end = Math.max(at, Math.min(position.endColumn - 1 - from, near.length));
  const before = keepEnd(inertCells(near.slice(0, at)), MAX_BEFORE, from > 0);
  const marked = keepStart(inertCells(near.slice(at, end)), MAX_MARKED, false);
  const after = keepStart(inertCells(near.slice(end)), MAX_AFTER, start + REACH < line.length);
  const shown = `${before}${marked}${after}`.trimEnd();
  return `${shown}\n${" ".repeat(cells(before))}${"^".repeat(Math.max(1, cells(marked)))}`;
}

function lineOf(text: string, number: number): string | null {
  let start = 0;
  for (let line = 1; line < number; line += 1) {
    const end = text.indexOf("\n", start);
    if (end === -1) return null;
    start = end + 1;
  }
  const end = text.indexOf("\n", start);
  return text.slice(start, end === -1 ? undefined : end);
}

/** A tab is as wide as the terminal likes; shown as one visible character the caret below stays in place. */
function inertCells(text: string): string {
  return inertLine(text.replaceAll("\t", "⇥"));
}

function keepEnd(text: string, limit: number, cut: boolean): string {
  const characters = [...text];
  return cut || characters.length > limit ? `…${characters.slice(-limit).join("")}` : text;
}

function keepStart(text: string, limit: number, cut: boolean): string {
  const characters = [...text];
  return cut || characters.length > limit ? `${characters.slice(0, limit).join("")}…` : text;
}

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;

/** Columns a terminal needs: two for East Asian characters and emoji, none for combining marks. */
function cells(text: string): number {
  return [...text].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : /\p{M}/u.test(character) ? 0 : 1), 0);
}
