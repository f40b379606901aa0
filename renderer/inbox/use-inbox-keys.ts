import type { RefObject } from "react";
import { useKeys } from "../ui/use-keys.ts";
import type { Cursor } from "./use-cursor.ts";
import type { Marks } from "./use-marks.ts";

interface InboxKeys {
  cursor: Cursor;
  marks: Marks;
  search: RefObject<HTMLInputElement | null>;
  list: RefObject<HTMLDivElement | null>;
  onSnooze: () => void;
  onUndo: () => void;
  onRejectMarked: () => void;
}

/** The inbox without a mouse (UI-3). Every one of them is in the list under `?`. */
export function useInboxKeys({ cursor, marks, search, list, onSnooze, onUndo, onRejectMarked }: InboxKeys): void {
  const step = (by: number, held: boolean) => {
    cursor.step(by, held);
    if (document.activeElement === document.body) list.current?.focus({ preventScroll: true });
  };
  const markOn = (by: number) => {
    const from = cursor.active;
    const to = cursor.step(by);
    marks.add([from, to].filter((id) => id !== null));
  };
  useKeys({
    j: { run: (held) => step(1, held), repeats: true },
    k: { run: (held) => step(-1, held), repeats: true },
    x: () => cursor.active !== null && marks.toggle(cursor.active),
    "Shift+j": () => markOn(1),
    "Shift+k": () => markOn(-1),
    s: onSnooze,
    u: onUndo,
    "/": () => search.current?.focus(),
  });
  // With marks set R means them: what happens to be open must not be rejected in their place.
  useKeys({ r: onRejectMarked, Escape: marks.clear }, marks.ids.size > 0, "others");
}
