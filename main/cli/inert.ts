// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject.
const ACTIVE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text from a bottle for the operator's terminal: what would move the cursor, colour or reorder it is shown, not done. */
export function inert(text: string): string {
  return text.replaceAll(ACTIVE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
