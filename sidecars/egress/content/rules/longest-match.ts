/** How many characters a match of a bounded pattern can have, lookarounds not counted. */
export function longestMatch(pattern: string): number {
  const reader = { pattern, at: 0 };
  const longest = alternatives(reader);
  if (reader.at !== pattern.length) throw new Error(`the pattern has an unmatched bracket: ${pattern}`);
  return longest;
}

interface Reader {
  readonly pattern: string;
  at: number;
}

function alternatives(reader: Reader): number {
  let longest = 0;
  let branch = 0;
  while (reader.at < reader.pattern.length && reader.pattern[reader.at] !== ")") {
    if (reader.pattern[reader.at] === "|") {
      longest = Math.max(longest, branch);
      branch = 0;
      reader.at += 1;
    } else branch += repeated(reader);
  }
  return Math.max(longest, branch);
}

function repeated(reader: Reader): number {
  const one = single(reader);
  const most = take(reader, /^\{(?:\d+,)?(\d+)\}\??/) ?? take(reader, /^\?(\?)?/);
  if (take(reader, /^(?:[*+]|\{\d+,\})/) !== null) throw new Error(`the pattern repeats without a bound: ${reader.pattern}`);
  return most === null ? one : one * (most[0].startsWith("{") ? Number(most[1]) : 1);
}

function single(reader: Reader): number {
  if (take(reader, /^(?:\\[bB]|[$^])/) !== null) return 0;
  const open = take(reader, /^\((?:\?(?:<?[=!]|-?[is]*:))?/);
  if (open !== null) {
    const inside = alternatives(reader);
    if (take(reader, /^\)/) === null) throw new Error(`the pattern has an open group: ${reader.pattern}`);
    return /[=!]$/.test(open[0]) ? 0 : inside;
  }
  if (take(reader, /^(?:\[\^?(?:\\.|[^\]\\])*\]|\\x[0-9a-f]{2}|\\.|.)/s) === null)
    throw new Error(`the pattern ends early: ${reader.pattern}`);
  return 1;
}

function take(reader: Reader, form: RegExp): RegExpExecArray | null {
  const taken = form.exec(reader.pattern.slice(reader.at));
  if (taken !== null) reader.at += taken[0].length;
  return taken;
}
