type Claims = Readonly<Record<string, unknown>>;

/** The claims of a JWT, unverified: whoever issued it is asked nothing here. Null where the text is no JWT. */
export function readClaims(token: string): Claims | null {
  const parts = token.split(".");
  const [header, payload] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined) return null;
  return decode(header) === null ? null : decode(payload);
}

/** Seconds since 1970 at which a JWT ends; null where it does not say so in a way that can be used. */
export function expiryOf(claims: Claims): number | null {
  const { exp } = claims;
  return typeof exp === "number" && Number.isFinite(exp) && exp > 0 && exp < LAST_SECOND ? Math.floor(exp) : null;
}

/** A token of the right shape that nobody accepts: no algorithm, and a word in place of a signature. */
export function dummyToken(claims: Claims): string {
  return `${encode({ alg: "none", typ: "JWT" })}.${encode(claims)}.placeholder`;
}

/** The last second that a date can be made of. */
const LAST_SECOND = 8_640_000_000_000;
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;

function decode(part: string): Claims | null {
  if (!BASE64URL.test(part)) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isMap(value) ? value : null;
  } catch {
    return null;
  }
}

export function isMap(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
