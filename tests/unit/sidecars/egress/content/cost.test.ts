import { describe, expect, test } from "vitest";
import { RULES } from "../../../../../sidecars/egress/content/rules/gitleaks-rules.ts";
import { rulesIn } from "./scanning.ts";

const BYTES = 16 * 1024;
/** A hundred times what ordinary text costs, and ten times the worst of these on a machine at work: what explodes is far beyond. */
const MOST_NANOSECONDS_PER_BYTE = 4000;

function cpuNanosecondsPerByte(pattern: string): number {
  const text = Buffer.from(pattern.repeat(Math.ceil(BYTES / pattern.length)).slice(0, BYTES), "latin1");
  const before = process.threadCpuUsage();
  rulesIn(text, 16_384);
  const { user, system } = process.threadCpuUsage(before);
  return ((user + system) * 1000) / BYTES;
}

describe("DLP-2: no text makes the scan slow", () => {
  test.each([
    ["nothing", ""],
    ["a blank", " "],
    ["letters", "a".repeat(20)],
    ["blanks and an equals sign", `${" ".repeat(23)}=`],
    ["letters, quotes and equals signs", `${"a".repeat(20)}  '=====`],
    ["all that may stand before a value, and a long one", `${" ".repeat(23)}:::='"= ${"a0".repeat(60)}`],
    ["hyphens and digits", "-1-"],
    ["a thousand letters", `${"a".repeat(1000)}-`],
  ])("every keyword, again and again, with %s behind it", (_, ending) => {
    for (const { id, keywords } of RULES) {
      for (const keyword of keywords) {
        expect(cpuNanosecondsPerByte(keyword + ending), `${id}: ${keyword}`).toBeLessThan(MOST_NANOSECONDS_PER_BYTE);
      }
    }
  });

  test.each([
    ["tokens that never end", `eyJ${"a".repeat(1000)}.${"eyJ/".repeat(1024)}.`],
    ["the beginnings of tokens", "/eyJ"],
    ["keys that begin and do not go on", `-----BEGIN PRIVATE KEY-----${`${"a".repeat(39)} `.repeat(5)}`],
    ["headers of keys", `-----BEGIN${" ".repeat(100)}`],
    ["numbers that go on and on", `xapp-1-${"A-1-".repeat(300)}`],
    ["what is looked back at", "123456789012345|"],
    ["short runs", `${"QUFB".repeat(5)} `],
    ["long lines of base64", `${"QUFB".repeat(19)}\n`],
    ["hexadecimal digits", `${"41".repeat(20)} `],
    ["escapes", "\\u0041"],
    ["backslashes", "\\"],
    ["percent codes", "%41"],
    ["one letter", "g"],
  ])("%s", (_, text) => {
    expect(cpuNanosecondsPerByte(text)).toBeLessThan(MOST_NANOSECONDS_PER_BYTE);
  });
});
