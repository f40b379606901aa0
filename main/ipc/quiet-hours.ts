import type { NotificationSettings } from "#common/ipc/notification-methods.ts";

type QuietHours = NonNullable<NotificationSettings["quietHours"]>;

const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;

/** Milliseconds until the quiet hours that hold at `now` (local time) end; 0 where none hold. Equal ends mean none. */
export function quietFor(hours: QuietHours | null, now: Date): number {
  if (hours === null) return 0;
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  const at = now.getHours() * 60 + now.getMinutes();
  const length = (to - from + DAY_MINUTES) % DAY_MINUTES;
  const passed = (at - from + DAY_MINUTES) % DAY_MINUTES;
  if (passed >= length) return 0;
  return (length - passed) * MINUTE_MS - now.getSeconds() * 1000 - now.getMilliseconds();
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
