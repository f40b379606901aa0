import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OutputFilter } from "../../../../main/terminals/output-filter.ts";

function safe(...chunks: string[]): string {
  const filter = new OutputFilter();
  return chunks.map((chunk) => filter.push(chunk).safe).join("");
}

function screen(...chunks: string[]): string {
  const filter = new OutputFilter();
  return chunks.map((chunk) => filter.push(chunk).screen).join("");
}

describe("what a terminal needs passes untouched (TRM-1)", () => {
  test.each([
    ["plain text", "hello\r\nworld"],
    ["colours", "\x1b[1;38;2;255;0;0mred\x1b[0m"],
    ["cursor and erase", "\x1b[2J\x1b[H\x1b[10;5H\x1b[K"],
    ["alternate screen and modes", "\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[?1006h"],
    ["character sets", "\x1b(0qqq\x1b(B"],
    ["save and restore", "\x1b7\x1b8"],
    ["soft reset", "\x1b[!p"],
    ["cursor style", "\x1b[5 q"],
    ["web hyperlink", "\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\"],
    ["prompt marks", "\x1b]133;A\x07"],
    ["emoji and wide characters", "日本語 🧪"],
  ])("%s", (_name, text) => {
    expect(safe(text)).toBe(text);
  });
});

describe("what acts on the operator's desktop is taken out (TRM-4)", () => {
  test.each([
    ["clipboard write", "\x1b]52;c;cm0gLXJmIC8=\x07"],
    ["clipboard write ended by ST", "\x1b]52;c;cm0gLXJmIC8=\x1b\\"],
    ["title", "\x1b]0;root@host\x07"],
    ["window title", "\x1b]2;root@host\x1b\\"],
    ["notification", "\x1b]9;click me\x07"],
    ["palette", "\x1b]4;1;#000000\x07"],
    ["inline file", "\x1b]1337;File=name=eA==:AAAA\x07"],
    ["script link", "\x1b]8;;javascript:alert(1)\x07"],
    ["file link", "\x1b]8;;file:///etc/passwd\x07"],
    ["window resize", "\x1b[8;1;1t"],
    ["title report", "\x1b[21t"],
    ["printing", "\x1b[5i"],
    ["device attributes", "\x1b[c"],
    ["secondary device attributes", "\x1b[>c"],
    ["cursor position", "\x1b[6n"],
    ["mode request", "\x1b[?2026$p"],
    ["version request", "\x1b[>0q"],
    ["keyboard protocol request", "\x1b[?u"],
    ["colour request", "\x1b]11;?\x07"],
    ["identify", "\x1bZ"],
    ["answer-back", "\x05"],
    ["status string request", "\x1bP$qm\x1b\\"],
    ["device control", "\x1bPtmux;payload\x1b\\"],
    ["privacy message", "\x1b^secret\x1b\\"],
    ["application command", "\x1b_Gf=100;AAAA\x1b\\"],
    ["malformed CSI", "\x1b[5\u00e9"],
    ["aborted CSI", "\x1b[5\x18"],
    ["CSI with a control inside", "\x1b[6\x07"],
  ])("%s", (_name, text) => {
    expect(safe(`a${text}b`)).toBe("ab");
  });

  test("a C1 control does not smuggle a sequence past the scan for ESC", () => {
    expect(safe("\u009d52;c;AAAA\u0007")).not.toMatch(/[\u0080-\u009f]/);
    expect(screen("\u009b6n")).toBe("6n");
  });

  test("an overlong string is swallowed to its end, however it is cut", () => {
    const clipboard = `\x1b]52;c;${"A".repeat(100_000)}\x07`;
    expect(safe(`a${clipboard}b`)).toBe("ab");
    expect(safe("a", clipboard.slice(0, 5000), clipboard.slice(5000, 60_000), clipboard.slice(60_000), "b")).toBe("ab");
  });

  test("an overlong string ended by ST leaves nothing behind", () => {
    const text = `a\x1bP${"x".repeat(20_000)}`;
    expect(safe(text, "\x1b", "\\b")).toBe("ab");
  });
});

describe("queries reach the one screen that answers", () => {
  test.each(["\x1b[c", "\x1b[6n", "\x1b[?2026$p", "\x1b]11;?\x07", "\x1bP$qm\x1b\\"])("%j", (query) => {
    expect(screen(`a${query}b`)).toBe(`a${query}b`);
  });

  test("what acts on a desktop does not reach it", () => {
    expect(screen("a\x1b]52;c;AAAA\x07\x1b[8;1;1tb")).toBe("ab");
  });
});

test("every piece ends between sequences, so a snapshot never falls inside one", () => {
  const filter = new OutputFilter();
  expect(filter.push("a\x1b[3").safe).toBe("a");
  expect(filter.push("1mb\x1b").safe).toBe("\x1b[31mb");
  expect(filter.push("]8;;https://x").safe).toBe("");
  expect(filter.push(".org\x1b").safe).toBe("");
  expect(filter.push("\\c").safe).toBe("\x1b]8;;https://x.org\x1b\\c");
});

const hostile = fc.array(
  fc.oneof(
    fc.constantFrom(
      "\x1b",
      "[",
      "]",
      "P",
      "52;c;",
      "8;;",
      "?",
      "$",
      "6",
      "n",
      "c",
      "t",
      "q",
      "\x07",
      "\x1b\\",
      "\x18",
      "\u009b",
      "\u009d",
      ";",
      "m",
      " ",
    ),
    fc.string({ maxLength: 6 }),
  ),
  { maxLength: 40 },
);

test("the result does not depend on where the stream was cut", () => {
  fc.assert(
    fc.property(hostile, fc.array(fc.nat(60), { maxLength: 6 }), (parts, cuts) => {
      const text = parts.join("");
      const places = [0, ...cuts.filter((cut) => cut <= text.length).sort((a, b) => a - b), text.length];
      const chunks = places.slice(1).map((place, index) => text.slice(places[index], place));
      expect(safe(...chunks)).toBe(safe(text));
      expect(screen(...chunks)).toBe(screen(text));
    }),
  );
});

test("filtering again changes nothing: what passed is well formed", () => {
  fc.assert(
    fc.property(hostile, (parts) => {
      const once = safe(parts.join(""));
      expect(safe(once)).toBe(once);
    }),
  );
});
