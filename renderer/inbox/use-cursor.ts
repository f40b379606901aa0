import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { replaceView } from "../app/location.ts";
import type { InboxRow } from "./inbox-rows.ts";

export interface Cursor {
  /** The row that is highlighted. */
  readonly active: string | null;
  /** What is open beside the list; null while a held key still runs over the rows, so that no key decides what flies past. */
  readonly opened: string | null;
  /** Opens the row so many further on; `held`: the key is kept down. */
  step: (by: number, held?: boolean) => string | null;
  open: (id: string) => void;
  /** Every row from one to the other, in the list's order. */
  between: (from: string | null, to: string) => string[];
}

type ItemRow = Extract<InboxRow, { type: "item" }>;

/** Where the operator is in the list. The address follows, but not every row that a held key passes. */
export function useCursor(rows: readonly InboxRow[], id: string | null): Cursor {
  const [moving, setMoving] = useState<string | null>(null);
  const items = useMemo(() => rows.filter((row): row is ItemRow => row.type === "item"), [rows]);
  const active = moving ?? id;
  const at = useMemo(() => items.findIndex((row) => row.id === active), [items, active]);
  const place = useRef({ id: active, key: items[at]?.key, at });
  // What was just decided moves to another section: the operator goes on from where it stood.
  const left = place.current.id === active && place.current.at !== -1 && place.current.key !== items[at]?.key;
  if (!left) place.current = { id: active, key: items[at]?.key, at };

  const open = (next: string) => {
    setMoving(null);
    replaceView({ name: "inbox", id: next });
  };
  const step: Cursor["step"] = (by, held = false) => {
    const from = left ? place.current.at - (by > 0 ? 1 : 0) : at;
    const next = items[Math.min(items.length - 1, Math.max(0, from + by))];
    if (!next) return null;
    if (held) setMoving(next.id);
    else open(next.id);
    return next.id;
  };
  const settle = useEffectEvent(() => {
    if (moving !== null) open(moving);
  });
  useEffect(() => {
    const released = () => settle();
    window.addEventListener("keyup", released);
    window.addEventListener("blur", released);
    return () => {
      window.removeEventListener("keyup", released);
      window.removeEventListener("blur", released);
    };
  }, []);
  const between: Cursor["between"] = (from, to) => {
    const ends = [items.findIndex((row) => row.id === from), items.findIndex((row) => row.id === to)].filter((end) => end !== -1);
    return items.slice(Math.min(...ends), Math.max(...ends) + 1).map((row) => row.id);
  };
  return { active, opened: moving === null ? id : null, step, open, between };
}
