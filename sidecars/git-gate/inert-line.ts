/** One line of somebody else's text that can move no cursor, start no escape sequence and turn no line around. */
export function inertLine(text: string, max: number): string {
  const inert = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return inert.length <= max ? inert : `${inert.slice(0, max - 1)}…`;
}
