const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in one unit: `4 s`, `12 m`, `3 h`, `2 d`. */
export function formatSpan(ms: number): string {
  const span = Math.max(0, ms);
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} m`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h`;
  return `${Math.floor(span / DAY)} d`;
}

/** How long ago, or an em dash where the time is not known. */
export function formatAge(iso: string | null, now: number): string {
  return iso === null ? "–" : formatSpan(now - Date.parse(iso));
}

const pad = (value: number) => String(value).padStart(2, "0");

/** Local wall clock, `10:42:11`. */
export function formatClock(iso: string): string {
  const time = new Date(iso);
  return `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
}

/** Local date and clock for what may be days old. */
export function formatMoment(iso: string): string {
  const time = new Date(iso);
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${formatClock(iso)}`;
}

/** `812 B`, `4.1 KB`, `38 MB`: one decimal below ten. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** Step and request durations: `12 ms`, `1.4 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return "<1 ms";
  return ms < SECOND ? `${Math.round(ms)} ms` : `${(ms / SECOND).toFixed(1)} s`;
}

/** `1 request`, `2 requests`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The end of a path that still says where it is: `~/src/api`, or `…/deep/folder`. */
export function shortPath(path: string, home: string | null): string {
  const local = home && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
  const parts = local.split("/");
  return parts.length <= 4 ? local : `…/${parts.slice(-2).join("/")}`;
}
