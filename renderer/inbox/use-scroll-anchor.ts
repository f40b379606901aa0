import type { RefObject } from "react";
import { useLayoutEffect, useMemo, useRef } from "react";
import type { InboxRow } from "./inbox-rows.ts";
import { rowOffsets, scrollShift } from "./row-offsets.ts";

/** Keeps in its place what is looked at while rows come and go around it. */
export function useScrollAnchor(scroller: RefObject<HTMLElement | null>, rows: readonly InboxRow[], active: string | null): void {
  const offsets = useMemo(() => rowOffsets(rows), [rows]);
  const before = useRef({ rows, offsets });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && before.current.rows !== rows) {
      const { scrollTop, clientHeight: height } = element;
      const shift = scrollShift({ ...before.current, scrollTop, height, active }, offsets);
      if (shift !== 0) element.scrollTop = scrollTop + shift;
    }
    before.current = { rows, offsets };
  }, [scroller, rows, offsets, active]);
}
