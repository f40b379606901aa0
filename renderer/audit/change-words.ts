import type { AuditEntry } from "#common/domain/audit.ts";
import { diffOf } from "../proposals/diff.ts";

/** The hosts a change adds or takes away, such as `+ docs.python.org`: what one looks for in a log of routes. */
export function changeWords(entry: Pick<AuditEntry, "before" | "after">): string {
  if (entry.before === null && entry.after === null) return "";
  const hosts = diffOf(entry.before ?? "", entry.after ?? "", 0).flatMap((line) => {
    if (line.kind !== "added" && line.kind !== "removed") return [];
    const host = /\bhost"?: *"?([^\s",}]+)/.exec(line.text)?.[1];
    return host ? [`${line.kind === "added" ? "+" : "−"} ${host}`] : [];
  });
  return hosts.join(", ");
}
