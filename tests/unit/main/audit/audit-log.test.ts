import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { AuditRecord } from "../../../../main/audit/audit-log.ts";
import { AuditLog } from "../../../../main/audit/audit-log.ts";
import { exportLog } from "../../../../main/audit/export-log.ts";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";

const SLUG = "demo-aaaaa";
const everything = { text: "", slug: null, component: null, since: null, until: null, offset: 0, limit: 100 } as const;

let home: HomePaths;
let log: AuditLog;
let now: number;

const clock = { now: () => new Date(now) };

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "bot-bottle-audit-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  home = homePaths({ BOT_BOTTLE_HOME: root });
  now = Date.parse("2026-11-22T12:00:00.000Z");
  log = new AuditLog(home, clock, 1500);
});

function record(subject: string, more: Partial<AuditRecord> = {}): Promise<void> {
  now += 1000;
  return log.record({
    slug: SLUG,
    component: "egress",
    subject,
    action: "approved",
    by: "operator",
    note: "",
    before: "routes: []\n",
    after: `routes:\n  - host: ${subject}.example.org\n`,
    ...more,
  });
}

async function filled(count: number): Promise<string[]> {
  for (let at = 0; at < count; at++) await record(`p${at}`);
  const folder = home.bottleState(SLUG);
  return (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort();
}

async function edit(name: string, change: (lines: string[]) => string[]): Promise<void> {
  const file = join(home.bottleState(SLUG), name);
  const lines = (await readFile(file, "utf8")).split("\n").filter(Boolean);
  await writeFile(
    file,
    change(lines)
      .map((line) => `${line}\n`)
      .join(""),
  );
}

const problems = async () => (await log.verify(SLUG)).problems.map(({ file, line, problem }) => `${file}:${line} ${problem}`);

describe("the audit log (SUP-7)", () => {
  it("chains over rotated files, keeps all of them, and verifies", async () => {
    const names = await filled(12);
    expect(names.length).toBeGreaterThan(2);
    expect(names.at(-1)).toBe("audit.jsonl");
    expect(await log.verify(SLUG)).toEqual({ slug: SLUG, lines: 12, problems: [] });
    expect((await log.list(SLUG)).map(({ index }) => index)).toEqual(Array.from({ length: 12 }, (_, at) => at));
    expect((await stat(join(home.bottleState(SLUG), "audit.jsonl"))).mode & 0o777).toBe(0o600);
  });

  it("is read, verified, exported and searched whole while another process writes to it and puts files aside", async () => {
    await filled(3);
    const writer = new AuditLog(home, clock, 900);
    let writing = true;
    const written = (async () => {
      for (let at = 0; writing; at++) {
        await writer.record({
          slug: SLUG,
          component: "egress",
          subject: `w${at}`,
          action: "approved",
          by: "x",
          note: "",
          before: "",
          after: "",
        });
      }
    })();
    for (let round = 0; round < 20; round++) {
      expect(await problems()).toEqual([]);
      const read = (await log.list(SLUG)).map(({ index }) => index);
      expect(read).toEqual(Array.from(read, (_, at) => at));
      const { entries, total } = await log.search({ ...everything, limit: 1000 });
      expect(entries).toHaveLength(total);
    }
    writing = false;
    await written;
  }, 60_000);

  it("records a subject and action once, whichever process wrote it, also before a rotation", async () => {
    await filled(10);
    const other = new AuditLog(home, clock, 1500);
    await other.record({
      slug: SLUG,
      component: "egress",
      subject: "p0",
      action: "approved",
      by: "x",
      note: "",
      before: null,
      after: null,
    });
    await other.record({
      slug: SLUG,
      component: "egress",
      subject: "new",
      action: "approved",
      by: "x",
      note: "",
      before: null,
      after: null,
    });
    await record("new");
    expect((await log.list(SLUG)).filter(({ subject }) => subject === "p0" || subject === "new")).toHaveLength(2);
    expect(await problems()).toEqual([]);
  });

  it.each([
    [
      "changed",
      (lines: string[]) => [lines[0] ?? "", (lines[1] ?? "").replace("operator", "somebody")],
      2,
      "was changed after it was written",
    ],
    ["dropped", (lines: string[]) => lines.toSpliced(1, 1), 2, "is entry 2: entry 1 was dropped before it"],
    ["reordered", (lines: string[]) => [lines[1] ?? "", lines[0] ?? "", ...lines.slice(2)], 1, "is entry 1: entry 0 was dropped before it"],
    ["replaced by nonsense", (lines: string[]) => lines.with(1, "{}"), 2, "is not an audit entry"],
  ])("names the line that was %s", async (_how, change, line, problem) => {
    log = new AuditLog(home, clock);
    await filled(4);
    await edit("audit.jsonl", change);
    expect((await log.verify(SLUG)).problems[0]).toEqual({ file: "audit.jsonl", line, problem });
  });

  it("tells of lines cut off the end, of a log written anew, and of one that is gone with its folder", async () => {
    log = new AuditLog(home, clock);
    await filled(4);
    await edit("audit.jsonl", (lines) => lines.slice(0, 2));
    expect(await problems()).toEqual(["audit.jsonl:2 is the last one, but 2 entries more had been written after it"]);
    await unlink(join(home.bottleState(SLUG), "audit.jsonl"));
    expect(await problems()).toEqual(["audit.jsonl:0 should be there: the log held 4 entries and is gone"]);
    const forger = new AuditLog(home, clock);
    for (const subject of ["a", "b", "c", "d"])
      await forger.record({ slug: SLUG, component: "egress", subject, action: "x", by: "x", note: "", before: null, after: null });
    await writeFile(join(home.root, "audit-heads.json"), JSON.stringify({ [SLUG]: { index: 3, hash: "f".repeat(64) } }));
    expect(await problems()).toEqual(["audit.jsonl:4 is not the entry that was written here: the log was written anew"]);
    rmSync(home.bottleState(SLUG), { recursive: true });
    expect(await log.slugs()).toEqual([SLUG]);
  });

  it("goes on after a crash in the middle of a line: what was never acknowledged leaves no broken link", async () => {
    log = new AuditLog(home, clock);
    await filled(3);
    const file = join(home.bottleState(SLUG), "audit.jsonl");
    await truncate(file, (await stat(file)).size - 20);
    await record("p2");
    expect(await problems()).toEqual([]);
    expect((await log.list(SLUG)).map(({ subject }) => subject)).toEqual(["p0", "p1", "p2"]);
  });

  it("records although the list of heads cannot be read, and verifying says so instead of passing", async () => {
    await filled(1);
    await writeFile(join(home.root, "audit-heads.json"), "not json");
    await expect(log.verify(SLUG)).rejects.toMatchObject({ code: "conflict" });
    await record("more");
    expect(await readFile(join(home.root, "audit-heads.json.unreadable"), "utf8")).toBe("not json");
    expect(await problems()).toEqual([]);
  });

  it("finds by every word over all bottles, newest first, in pages, and sees what another process adds and rotates", async () => {
    await filled(6);
    await record("held", { slug: "other-bbbbb", component: "git", action: "forwarded", note: "Looks fine", before: null, after: null });
    const other = new AuditLog(home, clock, 1500);
    expect((await other.search({ ...everything, text: "EXAMPLE.org p3" })).entries.map(({ subject }) => subject)).toEqual(["p3"]);
    expect((await other.search({ ...everything, text: "looks fine" })).entries.map(({ slug }) => slug)).toEqual(["other-bbbbb"]);
    const page = await other.search({ ...everything, offset: 1, limit: 2 });
    expect([page.total, ...page.entries.map(({ subject }) => subject)]).toEqual([7, "p5", "p4"]);
    for (let at = 6; at < 20; at++) await record(`p${at}`);
    expect((await other.search({ ...everything, slug: SLUG })).total).toBe(20);
    expect((await other.search({ ...everything, text: "p19" })).entries[0]?.after).toContain("p19.example.org");
    expect((await other.search({ ...everything, component: "git" })).total).toBe(1);
    expect((await other.search({ ...everything, since: "2026-11-22T12:00:07.000Z", until: "2026-11-22T12:00:08.000Z" })).total).toBe(2);
  });

  it("exports whole entries, and a table in which nothing is a formula", async () => {
    await filled(2);
    await record("=cmd", { note: '=HYPERLINK("http://evil.example")', by: "@sum" });
    const jsonl = join(home.root, "out.jsonl");
    expect(await exportLog(log, [SLUG], "jsonl", jsonl)).toBe(3);
    expect(
      (await readFile(jsonl, "utf8"))
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line).index),
    ).toEqual([0, 1, 2]);
    const csv = join(home.root, "out.csv");
    await exportLog(log, [SLUG], "csv", csv);
    const text = await readFile(csv, "utf8");
    expect(text.split("\n")[0]).toBe("time,slug,index,component,action,subject,by,note,before,after,previous,hash");
    expect(text).toContain("'=HYPERLINK");
    expect(text).not.toMatch(/,"?[=@]/);
    await expect(exportLog(log, [SLUG], "csv", csv)).rejects.toMatchObject({ code: "EEXIST" });
  });
});
