/** A message that is not HTTP/1.1 as we insist on it; `message` is safe to show: it never quotes what was received. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** One header field. `line` is the field as received, which is what is forwarded. */
export interface Field {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
  readonly line: string;
}

const LOWER_TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
// Visible characters, inner spaces and tabs, obs-text; never NUL, CR, LF or another control character.
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Parses CRLF-separated field lines of a head, the last one without its CRLF. Folded lines, blanks before the colon and
 * bare CR or LF are refused: each of them is read differently by some server, which is what request smuggling lives on.
 */
export function parseFields(head: string, start: number, maxFields: number): Field[] {
  const fields: Field[] = [];
  let from = start;
  while (from < head.length) {
    const found = head.indexOf("\r\n", from);
    const end = found === -1 ? head.length : found;
    fields.push(parseField(head.slice(from, end)));
    if (fields.length > maxFields) throw new MalformedMessage("too many header fields", 431);
    from = end + 2;
  }
  return fields;
}

export function parseField(line: string): Field {
  const colon = line.indexOf(":");
  if (colon < 1) throw new MalformedMessage("a header line has no field name");
  const name = line.slice(0, colon).toLowerCase();
  if (!LOWER_TOKEN.test(name)) throw new MalformedMessage("a header field name holds a forbidden character");
  const value = trimBlanks(line, colon + 1);
  if (!FIELD_VALUE.test(value)) throw new MalformedMessage("a header field value holds a control character");
  return { name, value, line };
}

function trimBlanks(line: string, start: number): string {
  let from = start;
  let end = line.length;
  while (from < end && isBlank(line.charCodeAt(from))) from += 1;
  while (end > from && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(from, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Lower-case members of a comma-separated list of tokens. */
export function listMembers(value: string): string[] {
  return value
    .toLowerCase()
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "");
}
