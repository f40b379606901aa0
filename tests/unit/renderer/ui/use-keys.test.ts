import { describe, expect, test } from "vitest";
import { keyName } from "../../../../renderer/ui/use-keys.ts";

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe("UI-3: single keys", () => {
  test("Shift makes another key of a letter: what approves is never pressed by it", () => {
    expect(keyName({ ...plain, key: "a" })).toBe("a");
    expect(keyName({ ...plain, key: "A", shiftKey: true })).toBe("Shift+a");
  });

  test("with caps lock a letter is the same key", () => {
    expect(keyName({ ...plain, key: "A" })).toBe("a");
  });

  test("signs are what they are, however they are typed", () => {
    expect(keyName({ ...plain, key: "?", shiftKey: true })).toBe("?");
    expect(keyName({ ...plain, key: "/", shiftKey: true })).toBe("/");
  });

  test("Ctrl and Cmd are one, with or without Shift", () => {
    expect(keyName({ ...plain, key: "K", ctrlKey: true, shiftKey: true })).toBe("Mod+k");
    expect(keyName({ ...plain, key: "k", metaKey: true })).toBe("Mod+k");
    expect(keyName({ ...plain, key: "k", altKey: true })).toBe("Alt+k");
  });
});
