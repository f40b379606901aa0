import { z } from "zod";
import { ScanError } from "./scan-limits.ts";

/** One match as gitleaks reports it. Holds the secret: it stays in this process and in memory. */
const Match = z.object({
  RuleID: z.string().min(1).max(200),
  Description: z.string(),
  StartLine: z.int(),
  EndLine: z.int(),
  Match: z.string(),
  Secret: z.string(),
  File: z.string(),
});
export type Match = z.infer<typeof Match>;

const Report = z.array(Match);

/** An unreadable report says nothing, least of all that there is nothing. */
export function parseReport(text: string): readonly Match[] {
  try {
    return Report.parse(JSON.parse(text));
  } catch {
    // The cause quotes the report, and the report quotes the secrets.
    throw new ScanError("the scanner's report cannot be read");
  }
}
