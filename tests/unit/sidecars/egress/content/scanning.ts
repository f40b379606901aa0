import { ContentScanner } from "../../../../../sidecars/egress/content/content-scanner.ts";
import { DetectorBook } from "../../../../../sidecars/egress/content/detectors.ts";

export const withoutSecrets = new DetectorBook({ revision: 0, values: () => [] });

/** Rules that content in parts of this size is found to break. */
export function rulesIn(content: Buffer | string, partBytes = Number.POSITIVE_INFINITY, book = withoutSecrets): Set<string> {
  const bytes = Buffer.from(content);
  const rules = new Set<string>();
  const scanner = new ContentScanner(book.current, (rule) => rules.add(rule));
  for (let at = 0; at < bytes.length; at += partBytes) scanner.feed(bytes.subarray(at, at + partBytes));
  scanner.end();
  return rules;
}
