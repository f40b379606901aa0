// Parameters of Punycode (RFC 3492, section 5).
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST_BIAS = 72;
const FIRST_CODE = 0x80;
const LAST_CODE = 0x10ffff;
const PREFIX = "xn--";

/**
 * Whether each label of a name in lower case that begins with `xn--` is the one spelling of the name it stands for. URL parsers let others
 * pass, which no name server knows and which every reader decodes differently.
 */
export function holdsOnlyRealALabels(host: string): boolean {
  if (!host.includes(PREFIX)) return true;
  return host.split(".").every((label) => !label.startsWith(PREFIX) || isRealALabel(label));
}

function isRealALabel(label: string): boolean {
  const decoded = decodePunycode(label.slice(PREFIX.length));
  if (decoded === null) return false;
  try {
    // Behind another label, so that whatever it decodes to is no address.
    return new URL(`https://${decoded}.example/`).hostname === `${label}.example`;
  } catch {
    return false;
  }
}

/** RFC 3492, section 6.2; null for what is no Punycode. */
function decodePunycode(text: string): string | null {
  const hyphen = text.lastIndexOf("-");
  const output = hyphen > 0 ? [...text.slice(0, hyphen)].map((letter) => letter.charCodeAt(0)) : [];
  let code = FIRST_CODE;
  let bias = FIRST_BIAS;
  let place = 0;
  for (let at = hyphen + 1; at < text.length; ) {
    const start = place;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = digitValue(text.charCodeAt(at));
      at += 1;
      if (digit === -1) return null;
      place += digit * weight;
      if (place > Number.MAX_SAFE_INTEGER) return null;
      const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias));
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const count = output.length + 1;
    bias = adapt(place - start, count, start === 0);
    code += Math.floor(place / count);
    place %= count;
    if (code > LAST_CODE || (code >= 0xd800 && code <= 0xdfff)) return null;
    output.splice(place, 0, code);
    place += 1;
  }
  return String.fromCodePoint(...output);
}

/** -1 for what is no digit, the end included. */
function digitValue(character: number): number {
  if (character >= 0x61 && character <= 0x7a) return character - 0x61;
  return character >= 0x30 && character <= 0x39 ? character - 0x30 + 26 : -1;
}

function adapt(delta: number, count: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? DAMP : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
