import { formatClock } from "../ui/format.ts";

const HOUR = 3_600_000;

export function inAnHour(now: number): Date {
  return new Date(now + HOUR);
}

/** Nine in the morning of the day after, by the operator's clock. */
export function tomorrowAtNine(now: number): Date {
  const today = new Date(now);
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1, 9, 0, 0, 0);
}

const pad = (value: number) => String(value).padStart(2, "0");

/** As a `datetime-local` field holds it. */
export function fieldTime(time: Date): string {
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}T${pad(time.getHours())}:${pad(time.getMinutes())}`;
}

/** The time a field holds, where it is still to come. */
export function timeOfField(text: string, now: number): Date | null {
  const time = new Date(text);
  return Number.isFinite(time.getTime()) && time.getTime() > now ? time : null;
}

/** `14:30`, or `tomorrow 09:00`, or the day with it. */
export function wakeWords(until: string, now: number): string {
  const time = new Date(until);
  const clock = formatClock(until).slice(0, 5);
  const days = Math.round((startOfDay(time) - startOfDay(new Date(now))) / (24 * HOUR));
  if (days === 0) return clock;
  return days === 1 ? `tomorrow ${clock}` : `${fieldTime(time).slice(0, 10)} ${clock}`;
}

function startOfDay(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}
