const LF = 0x0a;
const CR = 0x0d;

/** A line feed without its carriage return: some parsers end a line there and others do not (request smuggling). */
export function holdsBareLineFeed(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (at === from || bytes[at - 1] !== CR) return true;
  }
  return false;
}
