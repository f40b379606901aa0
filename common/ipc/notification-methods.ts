import { z } from "zod";
import { method } from "./method.ts";

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time such as 22:00");

/** How the operator wants to be called (SUP-8). */
export const NotificationSettings = z.strictObject({
  desktop: z.boolean().default(true),
  sound: z.boolean().default(false),
  /** Local time; it may pass midnight. Nothing rings meanwhile, the counts still show. */
  quietHours: z.strictObject({ from: TimeOfDay, to: TimeOfDay }).nullable().default(null),
});
export type NotificationSettings = z.infer<typeof NotificationSettings>;

export const notificationMethods = {
  "notifications.get": method(z.strictObject({}), NotificationSettings),
  "notifications.set": method(NotificationSettings, NotificationSettings),
} as const;
