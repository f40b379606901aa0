const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, "\\": 92 };

/** A path as git writes it in a diff: as it is, or in quotes with escapes where its bytes would mislead. */
export function unquotePath(written: string): Buffer {
  if (!written.startsWith('"')) return Buffer.from(written, "latin1");
  if (written.length < 2 || !written.endsWith('"')) throw new RangeError("unclosed quote in a path");
  const inner = written.slice(1, -1);
  const bytes: number[] = [];
  for (let at = 0; at < inner.length; at += 1) {
    if (inner[at] !== "\\") {
      bytes.push(inner.charCodeAt(at));
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(inner.slice(at + 1, at + 4));
    const single = ESCAPES[inner[at + 1] ?? ""];
    if (octal !== null) bytes.push(Number.parseInt(octal[0], 8));
    else if (single !== undefined) bytes.push(single);
    else throw new RangeError("unknown escape in a path");
    at += octal === null ? 1 : 3;
  }
  return Buffer.from(bytes);
}

/** A path for people and messages; bytes that are no text are replaced. */
export function pathText(path: Buffer): string {
  return path.toString("utf8");
}
