import { describe, expect, test } from "vitest";
import type { InboxRow } from "../../../../renderer/inbox/inbox-rows.ts";
import { rowHeight, rowOffsets, scrollShift } from "../../../../renderer/inbox/row-offsets.ts";

const item = (id: string): InboxRow => ({ type: "item", key: id, id });
const rows = ["a", "b", "c", "d", "e", "f"].map(item);
const height = rowHeight(rows[0]);
const offsets = rowOffsets(rows);

describe("UI-3: nothing moves under the operator", () => {
  const before = { rows, offsets, scrollTop: 2 * height, height: 3 * height, active: "d" };

  test("what comes above the active row scrolls it along, so that it stays where it is", () => {
    expect(scrollShift(before, rowOffsets([item("new"), item("newer"), ...rows]))).toBe(2 * height);
  });

  test("what comes below moves nothing", () => {
    expect(scrollShift(before, rowOffsets([...rows, item("new")]))).toBe(0);
  });

  test("an active row that left, or is out of sight, hands over to the first that is seen", () => {
    const without = rows.filter(({ key }) => key !== "d");
    expect(scrollShift(before, rowOffsets([item("new"), ...without]))).toBe(height);
    expect(scrollShift({ ...before, active: "a" }, rowOffsets([item("new"), ...rows]))).toBe(height);
  });

  test("a list that holds nothing of what was seen stays as it is scrolled", () => {
    expect(scrollShift(before, rowOffsets([item("x")]))).toBe(0);
  });
});
