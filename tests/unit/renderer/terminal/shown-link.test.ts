import { describe, expect, test } from "vitest";
import { shownLink } from "../../../../renderer/terminal/shown-link.ts";

describe("TRM-4: a link in output is shown as it really is", () => {
  test.each(["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "not a link"])("%s is no link", (text) =>
    expect(shownLink(text)).toBeNull(),
  );

  test("a user name that imitates a host is pointed out", () => {
    expect(shownLink("https://safe.example.org@evil.example.net/")).toMatchObject({
      host: "evil.example.net",
      caution: expect.stringContaining("user name"),
    });
  });

  test("look-alike letters show in their plain form", () => {
    expect(shownLink("https://аpple.com/")).toMatchObject({ host: "xn--pple-43d.com", caution: expect.stringContaining("another script") });
  });

  test("invisible characters are encoded or named, never hidden", () => {
    expect(shownLink("https://example.org/\u202egnp.exe")?.text).toBe("https://example.org/%E2%80%AEgnp.exe");
  });

  test("an ordinary https link needs no caution", () => expect(shownLink("https://example.org/a")?.caution).toBeNull());
});
