import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blotText } from "../../../../../sidecars/egress/answer/blot.ts";
import type { EchoPatterns } from "../../../../../sidecars/egress/answer/echo-patterns.ts";
import { echoPatterns } from "../../../../../sidecars/egress/answer/echo-patterns.ts";
import { EchoScrubber } from "../../../../../sidecars/egress/answer/echo-scrubber.ts";
import { PayloadSpans } from "../../../../../sidecars/egress/answer/payload-spans.ts";

const TOKEN = "sk-canary/3f9a+77==";
const PATTERNS = patternsOf(TOKEN);

function patternsOf(value: string): EchoPatterns {
  const patterns = echoPatterns(value);
  if (patterns === null) throw new Error("too short");
  return patterns;
}

/** Everything that comes out when a body arrives in these pieces. */
function scrubbed(body: "chunked" | "until-close", pieces: readonly string[], patterns = PATTERNS): string {
  const spans = new PayloadSpans({ kind: body });
  const scrubber = new EchoScrubber(patterns);
  const out = pieces.map((piece) => {
    const bytes = Buffer.from(piece, "latin1");
    return scrubber.take(bytes, spans.next(bytes), true).toString("latin1");
  });
  return out.join("") + scrubber.end().toString("latin1");
}

function chunked(pieces: readonly string[]): string {
  return `${pieces.map((piece) => (piece === "" ? "" : `${piece.length.toString(16)}\r\n${piece}\r\n`)).join("")}0\r\n\r\n`;
}

function splitAt(text: string, places: readonly number[]): string[] {
  const cuts = [0, ...new Set(places.map((place) => place % (text.length + 1))), text.length].sort((a, b) => a - b);
  return cuts.slice(1).map((cut, index) => text.slice(cuts[index], cut));
}

/** As expected, but for the first letters of an echo, which may have been sent before it was known to be one. */
function expectBlotted(out: string, expected: string, value = TOKEN, echoes = 1): void {
  expect(out).toHaveLength(expected.length);
  const early = [...out].filter((letter, at) => letter !== expected[at] && expected[at] === "*" && value.slice(0, 3).includes(letter));
  expect(early.length).toBeLessThanOrEqual(3 * echoes);
  const restored = [...out].map((letter, at) => (expected[at] === "*" && value.slice(0, 3).includes(letter) ? "*" : letter)).join("");
  expect(restored).toBe(expected);
}

const dots = (text: string) => "*".repeat(text.length);
const places = fc.array(fc.nat(400), { maxLength: 12 });

describe("EGR-3: an echoed credential", () => {
  test.each([
    ["as it is", `{"authorization":"Bearer ${TOKEN}"}`],
    ["in a URL", `https://x.example/?t=${encodeURIComponent(TOKEN)}`],
    [
      "in a URL with small letters",
      `?t=${encodeURIComponent(TOKEN).replaceAll("%2F", "%2f").replaceAll("%2B", "%2b").replaceAll("%3D", "%3d")}`,
    ],
    ["in JSON with escaped slashes", `"${TOKEN.replaceAll("/", "\\/")}"`],
    ["in JSON with escaped signs", `"${TOKEN.replaceAll("=", "\\u003d").replaceAll("+", "\\u002b")}"`],
    ["in Base64", Buffer.from(`user:${TOKEN}`).toString("base64")],
    ["in Base64, one further", Buffer.from(`user1:${TOKEN}`).toString("base64")],
    ["in Base64, two further", Buffer.from(`user12:${TOKEN}:more`).toString("base64")],
    ["in Base64 for URLs", Buffer.from(`x-access-token:${TOKEN}`).toString("base64url")],
  ])("is blotted out %s", (_, text) => {
    const out = blotText(text, PATTERNS);
    expect(out).toHaveLength(text.length);
    expect(out).toContain("********");
    expect(out).not.toContain("canary");
    expect(Buffer.from(out.replaceAll("*", "A"), "base64").toString("latin1")).not.toContain("canary");
  });

  test("what a letter beside it shares with it may stay, the rest of the text does", () => {
    expect(blotText(`a ${TOKEN} b ${TOKEN}${TOKEN}`, PATTERNS)).toBe(`a ${dots(TOKEN)} b ${dots(TOKEN)}${dots(TOKEN)}`);
    expect(blotText(`a ${TOKEN.slice(0, -1)} b`, PATTERNS)).toBe(`a ${TOKEN.slice(0, -1)} b`);
  });

  test("a value too short to be told from other text has no echoes", () => expect(echoPatterns("secret7")).toBeNull());

  test("is found wherever it stands and however it is cut up, and all else passes unchanged", () => {
    const piece = fc.stringMatching(/^[a-z -]{0,60}$/);
    fc.assert(
      fc.property(piece, piece, piece, places, (before, between, after, cuts) => {
        const text = `${before}${TOKEN}${between}${TOKEN}${after}`;
        const expected = `${before}${dots(TOKEN)}${between}${dots(TOKEN)}${after}`;
        expectBlotted(scrubbed("until-close", splitAt(text, cuts)), expected, TOKEN, 2);
      }),
    );
  });

  test("is found across chunks, whose framing stays as it was, and across reads at any place", () => {
    const piece = fc.stringMatching(/^[a-z -]{0,40}$/);
    fc.assert(
      fc.property(piece, piece, places, places, (before, after, chunkCuts, readCuts) => {
        const text = `${before}${TOKEN}${after}`;
        const pieces = splitAt(text, chunkCuts);
        const blotted = splitAt(`${before}${dots(TOKEN)}${after}`, chunkCuts);
        expectBlotted(scrubbed("chunked", splitAt(chunked(pieces), readCuts)), chunked(blotted));
      }),
    );
  });

  test("is found in trailers", () => {
    const text = `1\r\na\r\n0\r\nX-Debug: Bearer ${TOKEN}\r\n\r\n`;
    for (let cut = 0; cut < text.length; cut += 1) {
      expectBlotted(scrubbed("chunked", [text.slice(0, cut), text.slice(cut)]), text.replace(TOKEN, dots(TOKEN)));
    }
  });

  test("is found in any bytes, and long ones as well", () => {
    const long = patternsOf(`eyJ${"0123456789abcdef".repeat(90)}`);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), places, (before, after, cuts) => {
        const [head, tail] = [Buffer.from(before).toString("latin1"), Buffer.from(after).toString("latin1")];
        const value = `eyJ${"0123456789abcdef".repeat(90)}`;
        expectBlotted(scrubbed("until-close", splitAt(`${head}${value}${tail}`, cuts), long), `${head}${dots(value)}${tail}`, value);
      }),
    );
  });
});

describe("EGR-5: nothing waits that need not", () => {
  const take = (scrubber: EchoScrubber, text: string, mayHold = true) => {
    const bytes = Buffer.from(text, "latin1");
    return scrubber.take(bytes, [0, bytes.length], mayHold).toString("latin1");
  };

  test("an event goes out whole, as it ends in a line break", () => {
    const event = `data: {"t":"${TOKEN.slice(0, 9)}"}\n\n`;
    expect(take(new EchoScrubber(PATTERNS), event)).toBe(event);
  });

  test("the beginning of the credential waits, the rest does not", () => {
    const scrubber = new EchoScrubber(PATTERNS);
    expect(take(scrubber, `abc ${TOKEN.slice(0, 7)}`)).toBe("abc ");
    expect(take(scrubber, "!")).toBe(`${TOKEN.slice(0, 7)}!`);
  });

  test("a few letters do not wait, and are known when the rest comes", () => {
    const scrubber = new EchoScrubber(PATTERNS);
    expect(take(scrubber, `abc ${TOKEN.slice(0, 3)}`)).toBe(`abc ${TOKEN.slice(0, 3)}`);
    expect(take(scrubber, `${TOKEN.slice(3)} def`)).toBe(`${dots(TOKEN.slice(3))} def`);
    expect(scrubber.found).toBe(true);
  });

  test("a complete WebSocket message never waits, and its echo is known in the next", () => {
    const scrubber = new EchoScrubber(PATTERNS);
    expect(take(scrubber, TOKEN.slice(0, 12), false)).toBe(TOKEN.slice(0, 12));
    expect(take(scrubber, TOKEN.slice(12), false)).toBe(dots(TOKEN.slice(12)));
  });

  test("what waits when the answer ends is sent", () => {
    const scrubber = new EchoScrubber(PATTERNS);
    expect(take(scrubber, TOKEN.slice(0, 7))).toBe("");
    expect(scrubber.end().toString("latin1")).toBe(TOKEN.slice(0, 7));
    expect(scrubber.found).toBe(false);
  });

  test("one byte at a time keeps no more than the credential's length", () => {
    const scrubber = new EchoScrubber(PATTERNS);
    let sent = 0;
    for (let count = 1; count <= 2000; count += 1) {
      sent += take(scrubber, TOKEN[(count * 7) % 5] as string).length;
      expect(count - sent).toBeLessThan(PATTERNS.longest);
    }
  });
});
