import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EgressDecision } from "#common/domain/decision.ts";
import { exportHar } from "../../../../main/egress/export-har.ts";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";
import { HarFile } from "../../../support/har-schema.ts";
import { decision, NOW } from "../../../support/test-services.ts";

let home: HomePaths;
const SLUG = "demo-aaaaa";

beforeEach(async () => {
  home = homePaths({ BOT_BOTTLE_HOME: await mkdtemp(join(tmpdir(), "bot-bottle-unit-")) });
});
afterEach(() => rm(home.root, { recursive: true, force: true }));

async function exported(...changes: Partial<EgressDecision>[]) {
  const numbered = changes.map((each, index) => ({ seq: index + 1, decision: decision(each) }));
  const { file, entries } = await exportHar(numbered, { home, slug: SLUG, version: "test", now: NOW });
  expect(entries).toBe(changes.length);
  return { file, text: await readFile(file, "utf8") };
}

describe("an HTTP Archive of a bottle's decisions (EGR-7)", () => {
  it("is valid, private, named by bottle and time, and nothing else is left", async () => {
    const { file, text } = await exported({}, { verdict: "allowed", status: 200, protocol: "h2" }, { verdict: "failed", status: null });
    expect(HarFile.parse(JSON.parse(text)).log.entries).toMatchObject([
      { request: { url: "https://packages.example.org/simple/left-pad/" }, response: { status: 403, statusText: "Forbidden" } },
      { request: { httpVersion: "HTTP/2" } },
      { response: { status: 0 } },
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(home.root, "exports"))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(home.root, "exports"))).toEqual(["demo-aaaaa-20261122T120000000Z.har"]);
  });

  it("holds no header, body, query value or excerpt of a finding", async () => {
    const { text } = await exported({
      path: "/q?key=…&…",
      tokenRef: "API_TOKEN",
      finding: { rule: "github-pat", part: "body", place: "field", excerpt: "ghp_12…ab" },
    });
    const [entry] = HarFile.parse(JSON.parse(text)).log.entries;
    expect(entry?.request).toMatchObject({
      url: "https://packages.example.org/q?key=REDACTED&%E2%80%A6",
      queryString: [
        { name: "key", value: "REDACTED" },
        { name: "REDACTED", value: "REDACTED" },
      ],
      headers: [],
      cookies: [],
    });
    expect(entry?.response).toMatchObject({ headers: [], cookies: [] });
    expect(entry).toMatchObject({ _credential: "API_TOKEN", _finding: { rule: "github-pat", part: "body" } });
    expect(text).not.toContain("ghp_");
    expect(text).not.toContain('"text"');
  });

  it.each([
    ["a host that is none", { host: "x y/../\u202e\u0000[::1]" }],
    ["a path with controls, ANSI and quotes", { path: '/\u001b[31m"<>\\^`{|}#%zz%2e' }],
    ["4 KiB of path", { path: `/${"a\u200b".repeat(2048)}` }],
    ["broken characters", { path: "/\ud800x\udfff", reason: "\ud800", method: "G\u0000T" }],
    ["no path", { path: "" }],
    ["a time before it began", { durationMs: -5 }],
  ])("stays valid with %s", async (_name, changes) => {
    const { text } = await exported(changes);
    expect(HarFile.parse(JSON.parse(text)).log.entries).toHaveLength(1);
  });

  it("an empty record, and one that is written in parts", async () => {
    expect(HarFile.parse(JSON.parse((await exported()).text)).log.entries).toEqual([]);
    await rm(join(home.root, "exports"), { recursive: true });
    const { text } = await exported(...Array.from({ length: 4001 }, (_, index) => ({ path: `/${index}` })));
    expect(JSON.parse(text).log.entries.at(-1).request.url).toBe("https://packages.example.org/4000");
  });
});
