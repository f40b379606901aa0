const QUARTER_HOUR = 15 * 60_000;

/** The day of a moment in a time zone, e.g. `2026-11-22`; a zone that is not known counts as UTC. */
export function dayIn(timeZone: string): (at: number) => string {
  const format = formatter(timeZone);
  // Every zone's midnight falls on a quarter of an hour, and formatting is slow beside a hundred thousand moments.
  const days = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_HOUR);
    const day = days.get(quarter) ?? format.format(quarter * QUARTER_HOUR);
    days.set(quarter, day);
    return day;
  };
}

/** `en-CA` writes days as ISO 8601 does. */
function formatter(timeZone: string): Intl.DateTimeFormat {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  try {
    return new Intl.DateTimeFormat("en-CA", { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-CA", { ...options, timeZone: "UTC" });
  }
}
