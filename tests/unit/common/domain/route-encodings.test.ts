import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stripQueryKeys } from "#common/domain/request-target.ts";
import { Route } from "#common/domain/route.ts";
import { matchRoute } from "#common/domain/route-match.ts";

const PREFIXES = ["/only/this", "/files/"];
const route = Route.parse({ host: "api.example.com", origin: { kind: "operator" }, pathAllowlist: PREFIXES });

/** What some server, gateway or library somewhere reads as a dot, a slash, or the end of a path. */
const TRICKS = [
  "/",
  "//",
  "/./",
  "/../",
  "/..",
  "..",
  ".",
  "%2e",
  "%2E%2e",
  "%252e",
  "%25252e%252e",
  "%2f",
  "%2F",
  "%252f",
  "%5c",
  "%255c",
  "\\",
  "\\..\\",
  "..;/",
  "..;x=y/",
  "%2e%2e;/",
  ";",
  ";/../",
  "%3b",
  "%00",
  "%2500",
  "%0d%0a",
  "%09",
  "%20",
  "%7f",
  "%c0%ae",
  "%c0%af",
  "%e0%80%af",
  "%f0%80%80%af",
  "%ef%bc%8e",
  "%ef%bc%8f",
  "%ef%bc%bc",
  "%u002e",
  "%u2215",
  "%",
  "%2",
  "%zz",
  "?",
  "?..",
  "?/../",
  "#",
  "#/../",
  "@",
  ":",
  "~",
  "+",
  "\t",
  "\r\n",
  " ",
  "\0",
  "\u00e9",
  "\u2024",
  "\uff0e",
  "\uff0f",
  "only",
  "this",
  "files",
  "admin",
  "ONLY",
  "a",
  "%61",
  "*",
  "http://evil.example/",
]; // prettier-ignore

const piece = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...TRICKS) }, { weight: 1, arbitrary: fc.string({ maxLength: 3 }) });
const target = fc
  .tuple(fc.constantFrom("/only/this", "/files/x", "/", ""), fc.array(piece, { maxLength: 6 }))
  .map(([begin, pieces]) => begin + pieces.join(""));

/** Runs a check on the targets that pass; most of these do not, and enough must. */
function everyAllowed(check: (sent: string, allowed: { path: string; query: string }) => void): void {
  let allowed = 0;
  const property = fc.property(target, (sent) => {
    const verdict = matchRoute(route, { method: "GET", target: sent, websocket: false });
    if (!verdict.allowed) return;
    allowed += 1;
    check(sent, verdict.target);
  });
  fc.assert(property, { numRuns: 20_000 });
  expect(allowed).toBeGreaterThan(200);
}

describe("EGR-2: what matches is what is forwarded, whatever the encoding", () => {
  test("byte for byte", () => everyAllowed((sent, { path, query }) => expect(path + query).toBe(sent)));

  test("a browser's parser resolves nothing of it", () => {
    everyAllowed((sent, { path, query }) => {
      const url = new URL(`https://api.example.com${sent}`);
      expect(url.host).toBe("api.example.com");
      expect(unescaped(url.pathname)).toBe(unescaped(path));
      expect(unescaped(url.search)).toBe(query === "?" ? "" : unescaped(query));
    });
  });

  test.each([
    ["as it is", 0],
    ["decoded once", 1],
    ["decoded twice", 2],
    ["decoded three times", 3],
  ])("read %s, it stays below its prefix", (_name, times) => {
    everyAllowed((_sent, { path }) => {
      let read = path;
      for (let time = 0; time < times; time += 1) read = decoded(read);
      for (const reading of [read, read.replaceAll("\\", "/"), withoutParameters(read), folded(read)]) {
        expect(PREFIXES.some((prefix) => isBelow(prefix, resolved(reading)))).toBe(true);
      }
    });
  });

  test("nothing that could end a line or a request gets through", () => {
    everyAllowed((sent) => expect(sent).toMatch(/^[\x21-\x7e]+$/));
  });

  test("a stripped query key is gone however it is spelled, and nothing else changes", () => {
    const key = fc.constantFrom("key", "KEY", "k%65y", "%6bey", "%6B%45%59", "keys", "xkey", "other");
    const pair = fc.tuple(key, fc.constantFrom("", "=", "=v", "=a=b", "=%26key=x"));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 5 }), (pairs) => {
        const kept = pairs.filter(([name]) => decoded(name).toLowerCase() !== "key");
        const query = (list: typeof pairs) => (list.length === 0 ? "" : `?${list.map(([name, value]) => name + value).join("&")}`);
        expect(stripQueryKeys(query(pairs), new Set(["key"]))).toBe(query(kept));
      }),
    );
  });
});

/** Without the escapes that a browser adds: of quotes, angle brackets and the like, which end nothing. */
function unescaped(text: string): string {
  return text.replace(/%(?:22|27|3C|3E|5E|60|7B|7C|7D)/gi, decoded);
}

function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** As servers do that cut `;x=y` off a segment before they resolve dots. */
function withoutParameters(path: string): string {
  return path.replace(/;[^/]*/g, "");
}

/** As servers do that fold full-width and overlong forms to ASCII. */
function folded(path: string): string {
  return path.replace(/\xef\xbc\x8e|\xc0\xae/g, ".").replace(/\xef\xbc\x8f|\xc0\xaf|\xe0\x80\xaf|\xf0\x80\x80\xaf|\xef\xbc\xbc/g, "/");
}

function resolved(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/").slice(1)) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  return `/${kept.join("/")}`;
}

function isBelow(prefix: string, path: string): boolean {
  const folder = prefix.endsWith("/") ? prefix : `${prefix}/`;
  return path === prefix || path.startsWith(folder);
}
