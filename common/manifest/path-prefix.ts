import { pathProblem } from "../domain/request-target.ts";

const ENCODED_STRUCTURE = /%(2e|2f|5c|00)/i;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
// Letters beyond ASCII too: a request has them encoded, and some of them reorder or hide what an operator reads.
const NOT_IN_A_PATH = /[^\x21-\x7e]|["<>^`{|}]/;

/**
 * Why a prefix could never match, or would match something else than it looks like, or null. Requests are matched on their
 * normalised path (EGR-2), so only prefixes in that form mean what they say.
 */
export function pathPrefixFault(prefix: string): string | null {
  if (!prefix.startsWith("/")) return "must be an absolute path prefix that starts with /";
  if (prefix.length > 2048) return "is longer than 2048 characters";
  if (prefix.includes("*")) return "is a prefix, not a pattern: leave out the *, everything below it is allowed anyway";
  if (/[?#]/.test(prefix)) return "must be a path only, without ? or #";
  if (prefix.includes("\\")) return "must not hold a backslash";
  if (prefix.includes("//")) return "must not hold //";
  if (prefix.split("/").some((segment) => segment === "." || segment === "..")) return "must not hold . or .. segments";
  if (ENCODED_STRUCTURE.test(prefix)) return "must not hold an encoded dot, slash, backslash or NUL";
  if (BROKEN_ESCAPE.test(prefix)) return "holds a % that is not followed by two hexadecimal digits";
  if (NOT_IN_A_PATH.test(prefix)) return "holds a character that must be percent-encoded in a path";
  // What egress lets no request have, such as `/..;x/` or a separator that is encoded twice.
  const problem = pathProblem(prefix);
  return problem === null ? null : `could be read in two ways: ${problem}`;
}
