import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { visibleRuns, visibleString } from "../../../../renderer/ui/visible-text.ts";

describe("SUP-4: an agent's words are shown inert, with nothing hidden", () => {
  test.each([
    ["right-to-left override", "a\u202eb", "a⟨U+202E⟩b"],
    ["zero width space", "pack\u200bages", "pack⟨U+200B⟩ages"],
    ["escape sequence", "\x1b[2Kgone", "⟨U+001B⟩[2Kgone"],
    ["carriage return that would overwrite the line", "rm\rls", "rm⟨U+000D⟩ls"],
    ["no-break space", "a\u00a0b", "a⟨U+00A0⟩b"],
    ["invisible tag characters", "a\u{e0041}", "a⟨U+E0041⟩"],
    ["variation selector", "a\ufe0f", "a⟨U+FE0F⟩"],
    ["Hangul filler", "\u3164", "⟨U+3164⟩"],
    ["lone surrogate", "a\ud800", "a⟨U+D800⟩"],
    ["bidi isolate", "\u2066x\u2069", "⟨U+2066⟩x⟨U+2069⟩"],
  ])("%s", (_name, text, shown) => {
    expect(visibleString(text)).toBe(shown);
  });

  test("ordinary text of any script, line breaks and tabs stay as they are", () => {
    const text = "Grüße, 你好, مرحبا\n\tzażółć – “quoted” 12 €";
    expect(visibleRuns(text)).toEqual([{ kind: "text", text }]);
  });

  test("marks say what the character is", () => {
    expect(visibleRuns("\u202e")).toEqual([{ kind: "mark", code: "U+202E", name: "right-to-left override" }]);
  });

  test("whatever the text, what is shown holds no invisible character and loses nothing visible", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = visibleString(text);
        expect(shown).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}\u061c]/u);
        expect(shown.replaceAll(/⟨U\+[0-9A-F]+⟩/g, "").length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
