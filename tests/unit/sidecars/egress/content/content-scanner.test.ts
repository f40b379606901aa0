import { describe, expect, test } from "vitest";
import type { Sample } from "./samples.ts";
import { sampleOf, samples } from "./samples.ts";
import { rulesIn } from "./scanning.ts";

const inJson = (text: string) => JSON.stringify({ model: "m", messages: [{ role: "user", content: `before ${text} after` }] });
const escapeAll = (text: string) => [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const codeAll = (text: string) => [...text].map((letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const lines = (text: string, length: number) => text.match(new RegExp(`.{1,${length}}`, "g"))?.join("\r\n") ?? "";

const spellings: Record<string, (text: string) => string> = {
  "as it is": (text) => `before ${text} after`,
  "in JSON": inJson,
  "in JSON in JSON in JSON": (text) => inJson(inJson(inJson(text))),
  "in JSON, every letter escaped": (text) => `{"content":"${escapeAll(text)} "}`,
  "behind a backslash": (text) => `C:\\keys\\${text} "and so on\\n"`,
  "in a form": (text) => `a=1&token=${encodeURIComponent(text)}&b=2`,
  "in percent codes throughout": (text) => `a=${codeAll(`${text} `)}`,
  "in base64": (text) => `{"content":"${base64(`before ${text} after`)}"}`,
  "in base64 for addresses": (text) => `content=${Buffer.from(`before ${text} after`).toString("base64url")}`,
  "in base64 with a user name": (text) => `X-Auth: Basic ${base64(`user:${text}`)}`,
  "in base64 in lines": (text) =>
    `Content-Transfer-Encoding: base64\r\n\r\n${lines(base64(`${"line of text. ".repeat(20)}${text} after`), 76)}\r\n--x--`,
  "in base64 in percent codes": (text) => `content=${codeAll(base64(`before ${text} after`))}`,
  "in hexadecimal digits": (text) => `{"content":"${Buffer.from(`before ${text} after`).toString("hex")}"}`,
  "between binary bytes": (text) => `\u0000\u0001\u0002${text}\u0000\u00ff`,
  "in a part of a form with files": (text) =>
    `--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n${text}\r\n--b--\r\n`,
};

describe("DLP-2: a credential is found", () => {
  describe.each(Object.entries(spellings))("%s", (_, spell) => {
    test.each(samples)("$rule", ({ rule, text }: Sample) => {
      expect(rulesIn(spell(text))).toContain(rule);
    });
  });

  test.each([1, 2, 3, 7, 16, 64, 1000])("in parts of %i bytes", (partBytes) => {
    for (const { rule, text } of samples) {
      for (const [how, spell] of Object.entries(spellings)) expect([...rulesIn(spell(text), partBytes)], `${rule} ${how}`).toContain(rule);
    }
  });

  test("at every place where two parts can meet", () => {
    const { rule, text } = sampleOf("github-pat");
    for (const spell of Object.values(spellings)) {
      const content = Buffer.from(spell(text));
      for (let at = 1; at < content.length; at += 1) expect([...rulesIn(content, at)]).toContain(rule);
    }
  });

  test("behind and before a megabyte of other text", () => {
    const filler = "ordinary words, and then some more of them\n".repeat(25_000);
    expect(rulesIn(`${filler}${sampleOf("github-pat").text}\n${filler}`, 65_536)).toEqual(new Set(["github-pat"]));
  });

  test("although a comment asks the scanner to look away (gitleaks:allow)", () => {
    expect(rulesIn(`token = "${sampleOf("github-pat").text}" # gitleaks:allow`)).toContain("github-pat");
  });
});

describe("DLP-2: a credential is found in text with more bytes a letter", () => {
  test.each(samples)("$rule", ({ rule, text }) => {
    expect(rulesIn(Buffer.from(`before ${text} after`, "utf16le"))).toContain(rule);
    expect(rulesIn(Buffer.from(`before ${text} after`, "utf16le").swap16(), 100)).toContain(rule);
  });
});

describe("DLP-2: no credential is", () => {
  test.each([
    ["a public example", "AKIAIOSFODNN7EXAMPLE"],
    ["a placeholder in its form", `ghp_${"x".repeat(36)}`],
    ["a name in place of a value", "password = $DATABASE_PASSWORD"],
    ["a hash", `sha256:${"0123456789abcdef".repeat(4)}`],
    ["an identity", "req_7d0f5f1e-6f0d-4f2e-9be5-2b1f3a4c5d6e"],
    [
      "a token that nobody signed",
      `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${Buffer.from('{"exp":4102444800,"sub":"x"}').toString("base64url")}.placeholder`,
    ],
    ["a public key", `${"-".repeat(5)}BEGIN PUBLIC KEY${"-".repeat(5)}\n${"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A".repeat(8)}\n`],
    ["a word after key", 'api_key = "my-application-name-in-production"'],
  ])("%s", (_, text) => {
    expect(rulesIn(`before ${text} after`)).toEqual(new Set());
  });
});
