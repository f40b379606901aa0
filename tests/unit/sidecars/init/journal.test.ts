import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NumberedEvent } from "#common/wire/control.ts";
import { Journal } from "../../../../sidecars/init/journal.ts";

const LIMITS = { segmentBytes: 1000, segments: 3, tailLines: 4 };
const note = (text: string) => ({ type: "routes-set", by: "op", note: text, before: EMPTY, after: EMPTY }) as const;
const EMPTY = { revision: 0, routes: [], grants: [] };

describe("the event journal (D6)", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bb-journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function all(journal: Journal, since = 0): NumberedEvent[] {
    const events: NumberedEvent[] = [];
    for (let batch = journal.read(since, 300); batch !== null; batch = journal.read(batch.last, 300)) {
      events.push(...batch.lines.map((line) => NumberedEvent.parse(JSON.parse(line))));
    }
    return events;
  }

  function fill(journal: Journal, count: number): void {
    for (let index = 0; index < count; index++) journal.append([note(`event ${index}`)], { durable: false });
  }

  test("numbers without gaps, also over a restart", () => {
    {
      using journal = Journal.open(folder, LIMITS);
      fill(journal, 3);
    }
    using journal = Journal.open(folder, LIMITS);
    fill(journal, 2);
    expect(all(journal).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(all(journal, 3).map(({ seq }) => seq)).toEqual([4, 5]);
    expect(journal.read(5, 100)).toBeNull();
  });

  test.each(['{"seq":4,"ti', '{"seq":4}', '{"seq":9}\n', "\n", "\u0000\u0000\n"])("a torn end %j is cut off and written over", (torn) => {
    {
      using journal = Journal.open(folder, LIMITS);
      fill(journal, 3);
    }
    appendFileSync(join(folder, readdirSync(folder)[0] as string), torn);
    using journal = Journal.open(folder, LIMITS);
    expect(journal.lastSeq).toBe(3);
    fill(journal, 1);
    expect(all(journal).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  test("is bounded: the oldest events go and a dropped event counts them", () => {
    using journal = Journal.open(folder, LIMITS);
    fill(journal, 100);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(LIMITS.segments);
    const kept = all(journal);
    expect(kept[0]?.seq).toBe(journal.firstSeq);
    expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, index) => journal.firstSeq + index));
    expect(kept.some(({ event }) => event.type === "dropped" && event.count > 0)).toBe(true);
  });

  test("what was acknowledged goes without being called dropped", () => {
    using journal = Journal.open(folder, LIMITS);
    for (let round = 0; round < 100; round++) {
      fill(journal, 1);
      journal.acknowledge(journal.lastSeq);
    }
    expect(all(journal).every(({ event }) => event.type !== "dropped")).toBe(true);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(2);
  });

  test("an acknowledgement from beyond the end changes nothing that is to come", () => {
    using journal = Journal.open(folder, LIMITS);
    fill(journal, 1);
    journal.acknowledge(Number.MAX_SAFE_INTEGER);
    fill(journal, 100);
    expect(all(journal).some(({ event }) => event.type === "dropped")).toBe(true);
  });

  test("wakes who waits for the next event, and lets go of who gives up", async () => {
    using journal = Journal.open(folder, LIMITS);
    const giveUp = new AbortController();
    const woken = journal.appended(new AbortController().signal);
    const givenUp = journal.appended(giveUp.signal);
    giveUp.abort();
    await givenUp;
    fill(journal, 1);
    await woken;
  });
});
