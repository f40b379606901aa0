import { describe, expect, test } from "vitest";
import { fieldTime, inAnHour, timeOfField, tomorrowAtNine, wakeWords } from "../../../../renderer/inbox/snooze-times.ts";

const now = new Date(2026, 10, 22, 23, 45, 30).getTime();

describe("SUP-4: how long a proposal is put off", () => {
  test("an hour, or nine in the morning of the day after by the operator's clock", () => {
    expect(inAnHour(now).getTime() - now).toBe(3_600_000);
    expect(fieldTime(tomorrowAtNine(now))).toBe("2026-11-23T09:00");
    expect(fieldTime(tomorrowAtNine(new Date(2026, 11, 31, 1).getTime()))).toBe("2027-01-01T09:00");
  });

  test("a time of the operator's own must be still to come", () => {
    expect(timeOfField("2026-11-24T08:30", now)).toEqual(new Date(2026, 10, 24, 8, 30));
    for (const text of ["", "soon", "2026-11-22T23:45", "2026-13-01T00:00"]) expect(timeOfField(text, now)).toBeNull();
  });

  test("is told as near as it is", () => {
    const words = (time: Date) => wakeWords(time.toISOString(), now);
    expect(words(new Date(2026, 10, 22, 23, 59))).toBe("23:59");
    expect(words(tomorrowAtNine(now))).toBe("tomorrow 09:00");
    expect(words(new Date(2026, 10, 30, 7, 5))).toBe("2026-11-30 07:05");
  });
});
