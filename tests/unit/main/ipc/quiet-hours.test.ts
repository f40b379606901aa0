import { expect, it } from "vitest";
import { quietFor } from "../../../../main/ipc/quiet-hours.ts";

const at = (time: string) => new Date(`2026-11-22T${time}`);

it.each([
  ["over midnight, in the evening", { from: "22:00", to: "07:00" }, "23:30:00", 7.5 * 3600],
  ["over midnight, in the morning", { from: "22:00", to: "07:00" }, "06:59:30", 30],
  ["over midnight, at the end", { from: "22:00", to: "07:00" }, "07:00:00", 0],
  ["at the beginning", { from: "12:00", to: "13:00" }, "12:00:00", 3600],
  ["before", { from: "12:00", to: "13:00" }, "11:59:59", 0],
  ["equal ends mean none", { from: "12:00", to: "12:00" }, "12:00:00", 0],
  ["none set", null, "03:00:00", 0],
])("quiet hours: %s (SUP-8)", (_what, hours, time, seconds) => {
  expect(quietFor(hours, at(time))).toBe(seconds * 1000);
});
