import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalHost, isCanonicalHostName } from "#common/domain/host-name.ts";

describe("MAN-6 EGR-2: canonical host names", () => {
  test.each([
    ["Example.COM", "example.com"],
    ["example.com.", "example.com"],
    ["bücher.de", "xn--bcher-kva.de"],
    ["xn--bcher-kva.de", "xn--bcher-kva.de"],
    ["my_bucket.s3.example.com", "my_bucket.s3.example.com"],
    ["gitlab", "gitlab"],
    ["ｅxample.com", "example.com"],
  ])("%s is %s", (text, host) => expect(canonicalHost(text)).toEqual({ ok: true, host }));

  test.each([
    "",
    ".",
    "..",
    "a..b",
    "-a.com",
    "a-.com",
    "*.example.com",
    "example.com:443",
    "user@example.com",
    "https://example.com",
    "example.com/path",
    "1.2.3.4",
    "127.1",
    "0x7f000001",
    "2130706433",
    "0x7f.1",
    "１２７.0.0.1",
    "[::1]",
    "::1",
    "::ffff:127.0.0.1",
    "exa mple.com",
    "example.com\0.evil.org",
    "example.com\r\n",
    "ex%61mple.com",
    "example.com\\evil",
    `${"a".repeat(64)}.com`,
    `${"a.".repeat(127)}com`,
  ])("%j is not the name of one host", (text) => expect(canonicalHost(text).ok).toBe(false));

  test("what it returns is canonical, and canonical names stay as they are", () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.webAuthority(), fc.string()), (text) => {
        const outcome = canonicalHost(text);
        if (!outcome.ok) return;
        expect(isCanonicalHostName(outcome.host)).toBe(true);
        expect(canonicalHost(outcome.host)).toEqual(outcome);
      }),
    );
  });
});
