/** The spellings in which a credential can come back in an answer, prepared for a search in one pass. */
export interface EchoPatterns {
  readonly spellings: readonly Buffer[];
  readonly longest: number;
  /** 1 for each byte that is in a spelling: what ends with another one cannot be the beginning of an echo. */
  readonly alphabet: Uint8Array;
  /** Looking at four bytes every `stride` misses no spelling. */
  readonly stride: number;
  /** 1 for the hash of any four bytes in a row of a spelling. */
  readonly grams: Uint8Array;
}

export const GRAM = 4;
/** Shorter values stand in other text by chance, and are guessed sooner than read. */
const SHORTEST = 8;

/** Null for a value too short to be told from other text. */
export function echoPatterns(value: string): EchoPatterns | null {
  if (value.length < SHORTEST) return null;
  const spellings = [...new Set([value, ...escapedForms(value), ...base64Forms(value)])].map((text) => Buffer.from(text, "latin1"));
  const alphabet = new Uint8Array(256);
  const grams = new Uint8Array(1 << 16);
  for (const spelling of spellings) {
    for (const byte of spelling) alphabet[byte] = 1;
    for (let at = 0; at + GRAM <= spelling.length; at += 1) grams[gramAt(spelling, at)] = 1;
  }
  const lengths = spellings.map(({ length }) => length);
  return { spellings, longest: Math.max(...lengths), alphabet, stride: Math.min(...lengths) - GRAM + 1, grams };
}

/** Hash of the four bytes at `at`. */
export function gramAt(bytes: Uint8Array, at: number): number {
  const word =
    (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
  return Math.imul(word, 0x9e3779b1) >>> 16;
}

/** In a URL, in a form, and in JSON as various servers write it. */
function escapedForms(value: string): string[] {
  const url = encodeURIComponent(value);
  const json = JSON.stringify(value).slice(1, -1);
  return [
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll("%20", "+"),
    json,
    json.replaceAll("/", "\\/"),
    json.replace(/[<>&]/g, unicodeEscape),
    json.replace(/[<>&='+]/g, unicodeEscape),
    json.replace(/[<>&='+]/g, (letter) => unicodeEscape(letter).toUpperCase().replace("\\U", "\\u")),
  ];
}

function unicodeEscape(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** As it stands inside of Base64 of any text around it, such as `user:value`: one form for each place a group of three can begin. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.from("\0".repeat(before) + value, "latin1").toString("base64");
    // Letters that also depend on what stands beside the value are left out.
    const inner = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + value.length) * 8) / 6));
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
