import { describe, expect, test } from "vitest";
import { sampleOf } from "./samples.ts";
import { rulesIn } from "./scanning.ts";

const { rule, text } = sampleOf("github-pat");
const utf16 = Buffer.from(text, "utf16le");
const utf32 = Buffer.from([...text].flatMap((letter) => [letter.charCodeAt(0), 0, 0, 0]));
const wide: [string, Buffer][] = [
  ["UTF-16", utf16],
  ["UTF-16, the other order", Buffer.from(utf16).swap16()],
  ["UTF-32", utf32],
  ["UTF-32, the other order", Buffer.from(utf32).swap32()],
];

describe("DLP-2: text of several bytes a letter is found", () => {
  test.each(wide)("%s, however it is cut", (_, bytes) => {
    for (const part of [1, 2, 3, 5, 8, 13, 64, 1000]) expect([...rulesIn(bytes, part)], `parts of ${part}`).toEqual([rule]);
  });

  test.each(wide)("%s behind other text in the same part", (_, bytes) => {
    const form = Buffer.concat([Buffer.from(`--boundary\r\n${"x: y\r\n".repeat(100)}\r\n`), bytes, Buffer.from("\r\n--boundary--")]);
    for (const part of [1, 7, 100, 10_000]) expect([...rulesIn(form, part)], `parts of ${part}`).toEqual([rule]);
  });
});

describe("DLP-2: what is coded behind other letters of its alphabet is found", () => {
  const encodings: [string, string][] = [
    ["base64", Buffer.from(text).toString("base64")],
    ["hexadecimal", Buffer.from(text).toString("hex")],
  ];
  test.each(encodings)("%s behind a path or name", (_, coded) => {
    for (const before of ["/", "/ab/", "/raw/files/", "a-", "token_", "GET /files/some-long-name-of-a-folder/", "x/y+"]) {
      for (const part of [1, 3, 20, 1000]) expect([...rulesIn(`${before}${coded}`, part)], `${before}, ${part}`).toEqual([rule]);
      expect([...rulesIn(`${before}${coded}/end`)], before).toEqual([rule]);
    }
  });
});
