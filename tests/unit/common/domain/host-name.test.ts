import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalHost, isCanonicalHostName } from "#common/domain/host-name.ts";

describe("MAN-6 EGR-2: canonical host names", () => {
  test.each([
    ["Example.COM", "example.com"],
    ["example.com.", "example.com"],
    ["bücher.de", "xn--bcher-kva.de"],
    ["xn--bcher-kva.de", "xn--bcher-kva.de"],
    ["XN--BCHER-KVA.de", "xn--bcher-kva.de"],
    ["xn--fa-hia.de", "xn--fa-hia.de"],
    ["xn--j6w193g.hk", "xn--j6w193g.hk"],
    ["a.xn--p1ai", "a.xn--p1ai"],
    ["xn--ls8h.la", "xn--ls8h.la"],
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

  test.each([
    "xn--zz",
    "xn--",
    "xn--a",
    "xn--a-.example",
    "xn--bcher-.de",
    "xn--99999999.com",
    "xn--ex-ample.com",
    "xn--999999999999999999999999999999999999999999999.com",
    // What these stand for is spelt otherwise: as plain letters, and with a small one.
    "xn--abc-.example",
    "xn--bcher-5na.de",
  ])("%s is no A-label, although URL parsers take it for one", (text) => {
    expect(canonicalHost(text)).toEqual({ ok: false, reason: "the host is not a valid internationalised name" });
    expect(isCanonicalHostName(text)).toBe(false);
  });

  test("every name that a URL parser encodes is canonical as it does", () => {
    const letters = fc.stringMatching(/^[\u00e0-\u00f6\u03b1-\u03c1\u0430-\u044f\u4e00-\u4eff]{1,12}$/u);
    fc.assert(
      fc.property(letters, (label) => {
        const encoded = new URL(`https://${label}.example/`).hostname;
        expect(canonicalHost(encoded)).toEqual({ ok: true, host: encoded });
      }),
    );
  });

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
