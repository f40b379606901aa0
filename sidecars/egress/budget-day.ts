const MINUTE = 60_000;

/** Tells the day (`2026-11-22`) that a moment belongs to in a time zone. */
export function dayOf(timeZone: string): (now: number) => string {
  const format = formatFor(timeZone);
  let known: { readonly minute: number; readonly day: string } | null = null;
  return (now) => {
    // Formatting costs microseconds, and no day begins within a minute: zones differ by whole ones.
    const minute = Math.floor(now / MINUTE);
    if (known?.minute !== minute) known = { minute, day: dayText(format, now) };
    return known.day;
  };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { ...parts, timeZone });
  } catch {
    // A zone that this program does not know must not end the day early or never.
    return new Intl.DateTimeFormat("en-US", { ...parts, timeZone: "UTC" });
  }
}

function dayText(format: Intl.DateTimeFormat, now: number): string {
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
}
