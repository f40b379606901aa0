import { z } from "zod";
import { Slug, Timestamp } from "./names.ts";

/** One line of a bottle's audit log (SUP-7). `hash` covers every other field, `previous` chains it to the line before. */
export const AuditEntry = z.strictObject({
  index: z.int().min(0),
  time: Timestamp,
  slug: Slug,
  component: z.enum(["egress", "bottle", "proposals", "git"]),
  /** Identity of what is recorded, e.g. the proposal's id: recording it twice writes one line. */
  subject: z.string(),
  action: z.string(),
  by: z.string(),
  note: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  previous: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
