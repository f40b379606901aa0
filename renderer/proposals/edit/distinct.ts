/** What a field of several words or lines names, each once. */
export function distinct(text: string, separator: RegExp): string[] {
  return [...new Set(text.split(separator).map((word) => word.trim()))].filter(Boolean);
}
