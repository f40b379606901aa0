/**
 * Text that lies still on a terminal: control characters would colour or erase lines there, bidirectional ones would reorder
 * them, so both are shown escaped.
 */
export function inertLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
