/** A run of ordinary text, or one character that would be invisible or change how its neighbours read. */
export type VisibleRun = { kind: "text"; text: string } | { kind: "mark"; code: string; name: string };

const names: ReadonlyMap<number, string> = new Map([
  [0x00, "null"],
  [0x07, "bell"],
  [0x08, "backspace"],
  [0x0d, "carriage return"],
  [0x1b, "escape"],
  [0x7f, "delete"],
  [0xa0, "no-break space"],
  [0xad, "soft hyphen"],
  [0x034f, "combining grapheme joiner"],
  [0x061c, "Arabic letter mark"],
  [0x115f, "Hangul filler"],
  [0x1160, "Hangul filler"],
  [0x180e, "Mongolian vowel separator"],
  [0x200b, "zero width space"],
  [0x200c, "zero width non-joiner"],
  [0x200d, "zero width joiner"],
  [0x200e, "left-to-right mark"],
  [0x200f, "right-to-left mark"],
  [0x2028, "line separator"],
  [0x2029, "paragraph separator"],
  [0x202a, "left-to-right embedding"],
  [0x202b, "right-to-left embedding"],
  [0x202c, "pop directional formatting"],
  [0x202d, "left-to-right override"],
  [0x202e, "right-to-left override"],
  [0x2060, "word joiner"],
  [0x2066, "left-to-right isolate"],
  [0x2067, "right-to-left isolate"],
  [0x2068, "first strong isolate"],
  [0x2069, "pop directional isolate"],
  [0x3164, "Hangul filler"],
  [0xfeff, "byte order mark"],
  [0xffa0, "Hangul filler"],
]);

// Control, format, surrogate, private use and unassigned characters; separators that are not a plain space; fillers and
// variation selectors, with which text can be hidden in text.
export const hiddenCharacter = /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]|[^\P{Zs} ]/u;

function nameOf(code: number): string {
  const known = names.get(code);
  if (known) return known;
  if (code < 0x20 || (code >= 0x80 && code < 0xa0)) return "control character";
  if (code >= 0xe0000 && code <= 0xe007f) return "invisible tag character";
  if ((code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef)) return "variation selector";
  if (code >= 0xd800 && code <= 0xdfff) return "broken character";
  return "invisible or unassigned character";
}

function isHidden(character: string): boolean {
  return character !== "\n" && character !== "\t" && hiddenCharacter.test(character);
}

/** Splits hostile text so that every invisible, control or direction-changing character can be shown by name. */
export function visibleRuns(text: string): VisibleRun[] {
  const runs: VisibleRun[] = [];
  let plain = "";
  const flush = () => {
    if (plain) runs.push({ kind: "text", text: plain });
    plain = "";
  };
  for (const character of text) {
    if (!isHidden(character)) {
      plain += character;
      continue;
    }
    flush();
    const code = character.codePointAt(0) ?? 0;
    runs.push({ kind: "mark", code: `U+${code.toString(16).toUpperCase().padStart(4, "0")}`, name: nameOf(code) });
  }
  flush();
  return runs;
}

/** The same as one plain string, for titles, labels and confirmations. */
export function visibleString(text: string): string {
  // Nearly all text is plain, and long lists make thousands of these.
  if (!hiddenCharacter.test(text)) return text;
  return visibleRuns(text)
    .map((run) => (run.kind === "text" ? run.text : `⟨${run.code}⟩`))
    .join("");
}
