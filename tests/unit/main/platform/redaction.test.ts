import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../../main/platform/clock.ts";
import { fileLogger } from "../../../../main/platform/logger.ts";
import { redact } from "../../../../main/platform/redaction.ts";

describe("redaction (ENV-3)", () => {
  it.each([
    ["a bearer header", "Authorization: Bearer abcdef123456"],
    ["a token of a forge", "pushed with ghp_abcdefghijklmnop1234"],
    ["a JWT", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.c2ln"],
    ["a query", "GET /x?access_token=canary123&page=2"],
  ])("takes out %s", (_name, textual) => {
    const clean = JSON.stringify(redact({ message: textual, error: new Error(textual) }));
    expect(clean).toContain("[redacted]");
    for (const secret of ["abcdef123456", "abcdefghijklmnop1234", "c2ln", "canary123"]) expect(clean).not.toContain(secret);
  });

  it("goes by names too", () => {
    expect(redact({ apiKey: "plain", nested: { password: "plain" }, page: "plain" })).toEqual({
      apiKey: "[redacted]",
      nested: { password: "[redacted]" },
      page: "plain",
    });
  });
});

it("logs lines that parse, to files that are bounded (BTL-6)", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bot-bottle-unit-"));
  try {
    const logger = fileLogger(folder, "panel", systemClock);
    for (let index = 0; index < 200; index++) logger.log("info", "tick", { text: "x".repeat(100_000) });
    const files = await readdir(folder);
    expect(files.sort()).toEqual(["panel.jsonl", "panel.jsonl.1", "panel.jsonl.2"]);
    const [line] = (await readFile(join(folder, "panel.jsonl"), "utf8")).split("\n");
    expect(JSON.parse(line ?? "")).toMatchObject({ level: "info", event: "tick" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
