import { describe, expect, test } from "vitest";
import { dayIn } from "#common/domain/day-in.ts";

describe("MAN-6: the operator's day", () => {
  test.each([
    ["UTC", "2026-11-22T23:59:59.999Z", "2026-11-22"],
    ["UTC", "2026-11-23T00:00:00.000Z", "2026-11-23"],
    ["Europe/Berlin", "2026-11-22T22:59:59.999Z", "2026-11-22"],
    ["Europe/Berlin", "2026-11-22T23:00:00.000Z", "2026-11-23"],
    // Summer time begins on this day, so it has 23 hours.
    ["Europe/Berlin", "2026-03-29T21:59:59.000Z", "2026-03-29"],
    ["Europe/Berlin", "2026-03-29T22:00:00.000Z", "2026-03-30"],
    ["Asia/Kathmandu", "2026-11-22T18:14:59.000Z", "2026-11-22"],
    ["Asia/Kathmandu", "2026-11-22T18:15:00.000Z", "2026-11-23"],
    ["Pacific/Kiritimati", "2026-11-22T10:00:00.000Z", "2026-11-23"],
    ["Nowhere/Land", "2026-11-22T23:00:00.000Z", "2026-11-22"],
  ])("in %s %s belongs to %s", (timeZone, moment, day) => expect(dayIn(timeZone)(Date.parse(moment))).toBe(day));
});
