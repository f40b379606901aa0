export const END_MARK = "END-OF-FLOOD";

/** 20 MB of a build's coloured output. */
export function colouredLog(bytes = 20 * 1024 * 1024): string {
  const lines: string[] = [];
  for (let size = 0, index = 0; size < bytes; index++) {
    const line = `\x1b[90m12:00:${String(index % 60).padStart(2, "0")}\x1b[0m \x1b[1;3${index % 8}mstep-${index}\x1b[0m compiled \x1b[36msrc/module-${index % 997}/file.ts\x1b[0m in \x1b[33m${index % 4000}ms\x1b[0m\r\n`;
    lines.push(line);
    size += line.length;
  }
  return lines.join("").slice(0, bytes);
}
