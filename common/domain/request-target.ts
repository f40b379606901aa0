/**
 * The request-target of HTTP/1.1 in the only spelling that egress accepts (EGR-2). Nothing is rewritten: a path that a
 * server could read as another path is refused, so what is matched is byte for byte what is forwarded.
 */
export interface RequestTarget {
  /** Begins with `/`; no dot segments, no empty segments but a last one, no encoded separators. */
  readonly path: string;
  /** With its leading `?`, or empty. */
  readonly query: string;
}

export type RequestTargetOutcome =
  | { readonly kind: "target"; readonly target: RequestTarget }
  | { readonly kind: "refused"; readonly rule: "malformed-request" | "path-encoding"; readonly reason: string };

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
const PLAIN_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9\-._~@:$!&'()*+,=]+)*\/?$/;

/** Splits and checks an origin-form target (`/path?query`). */
export function parseRequestTarget(text: string): RequestTargetOutcome {
  if (!VISIBLE_ASCII.test(text)) return malformed("the request target holds spaces, control or non-ASCII characters");
  if (!text.startsWith("/")) return malformed("the request target must begin with /");
  if (text.includes("#")) return malformed("the request target holds a fragment");
  const mark = text.indexOf("?");
  const path = mark === -1 ? text : text.slice(0, mark);
  const problem = pathProblem(path);
  if (problem !== null) return { kind: "refused", rule: "path-encoding", reason: problem };
  return { kind: "target", target: { path, query: mark === -1 ? "" : text.slice(mark) } };
}

/** Why a path could be read in two ways, or null when it has one reading only. */
export function pathProblem(path: string): string | null {
  if (PLAIN_PATH.test(path)) return null;
  if (path.includes("\\")) return "the path holds a backslash";
  if (path.includes("//")) return "the path holds //";
  return escapeProblem(path) ?? segmentProblem(path);
}

// What follows a percent sign, one level of double encoding included: `%252e` is `%2e` to a server that decodes twice.
const FORBIDDEN_ESCAPES: readonly (readonly [RegExp, string])[] = [
  [/%(?![0-9A-Fa-f]{2})/, "the path holds a % that begins no escape"],
  [/%(?:25)*2f/i, "the path holds an encoded slash"],
  [/%(?:25)*5c/i, "the path holds an encoded backslash"],
  [/%(?:25)*(?:[01][0-9a-f]|7f)/i, "the path holds an encoded control character"],
  // Longer than needed UTF-8 (`%c0%ae` for a dot) and the full-width forms that some servers fold to . / and \.
  [/%(?:25)*c[01]|%(?:25)*e0%(?:25)*[89]|%(?:25)*f0%(?:25)*8/i, "the path holds overlong UTF-8"],
  [/%(?:25)*ef%(?:25)*bc%(?:25)*(?:8e|8f|bc)/i, "the path holds a full-width separator"],
];

function escapeProblem(path: string): string | null {
  return FORBIDDEN_ESCAPES.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

// `..;x` is `..` to servers that cut path parameters before they resolve dots.
const DOT_SEGMENT = /^(?:\.|%(?:25)*2e){1,2}(?:$|;|%(?:25)*3b)/i;

function segmentProblem(path: string): string | null {
  const segments = path.split("/");
  return segments.some((segment) => DOT_SEGMENT.test(segment)) ? "the path holds a dot segment" : null;
}

function malformed(reason: string): RequestTargetOutcome {
  return { kind: "refused", rule: "malformed-request", reason };
}

const MAX_SHOWN = 2048;

/** The target as events and the panel show it: query keys kept, values replaced, length bounded (EGR-7). */
export function redactTarget(text: string): string {
  const mark = text.indexOf("?");
  if (mark === -1) return shorten(text);
  return shorten(
    `${text.slice(0, mark)}?${text
      .slice(mark + 1)
      .split("&")
      .map(redactPair)
      .join("&")}`,
  );
}

// A part without `=` may itself be a token, so nothing of it is kept.
function redactPair(pair: string): string {
  const equals = pair.indexOf("=");
  return equals === -1 ? (pair === "" ? "" : "…") : `${pair.slice(0, equals)}=…`;
}

function shorten(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

/** The query without the pairs whose decoded key is listed (in lower case); the rest is untouched (EGR-3). */
export function stripQueryKeys(query: string, keys: ReadonlySet<string>): string {
  if (keys.size === 0 || query.length < 2) return query;
  // Some servers take `;` for a separator as well: what stands behind one is a pair of its own to them.
  const pairs = query.slice(1).split(/(?<=[&;])/);
  const kept = pairs.filter((pair) => !keys.has(decodedKey(pair.replace(/[&;]$/, ""))));
  if (kept.length === pairs.length) return query;
  const rest = kept.join("").replace(/[&;]$/, "");
  return rest === "" ? "" : `?${rest}`;
}

function decodedKey(pair: string): string {
  const equals = pair.indexOf("=");
  const raw = equals === -1 ? pair : pair.slice(0, equals);
  if (!raw.includes("%") && !raw.includes("+")) return raw.toLowerCase();
  const bytes = raw.replaceAll("+", " ").replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return bytes.toLowerCase();
}
