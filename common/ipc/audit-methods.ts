import { z } from "zod";
import { AuditEntry } from "../domain/audit.ts";
import { Slug, Timestamp } from "../domain/names.ts";
import { method } from "./method.ts";

export const AuditVerdict = z.strictObject({
  slug: Slug,
  lines: z.int(),
  /** Empty: the chain holds. */
  problems: z.array(z.strictObject({ file: z.string(), line: z.int(), problem: z.string() })),
});
export type AuditVerdict = z.infer<typeof AuditVerdict>;

export const auditMethods = {
  /** Newest first. */
  "audit.search": method(
    z.strictObject({
      /** Words that any field must hold, all of them. */
      text: z.string().max(200),
      slug: Slug.nullable(),
      component: AuditEntry.shape.component.nullable(),
      since: Timestamp.nullable(),
      until: Timestamp.nullable(),
      offset: z.int().min(0),
      limit: z.int().min(1).max(1000),
    }),
    z.strictObject({ entries: z.array(AuditEntry), total: z.int() }),
  ),
  "audit.verify": method(z.strictObject({ slug: Slug.nullable() }), z.array(AuditVerdict)),
  /** Answers where it was put. */
  "audit.export": method(
    z.strictObject({ slug: Slug.nullable(), format: z.enum(["jsonl", "csv"]) }),
    z.strictObject({ file: z.string(), entries: z.int() }),
  ),
} as const;
