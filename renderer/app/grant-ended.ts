import type { TopicPayload } from "#common/ipc/contract.ts";
import { methodWords, pathWords } from "../egress/route-words.ts";

/** A grant that ended by itself, in words. */
export function grantEnded({ slug, grant, why }: TopicPayload<"grant-ended">): string {
  const what = why === "expired" ? "its time is over" : "its requests are used up";
  return `The grant of ${slug} for ${grant.route.host} (${methodWords(grant.route)}, ${pathWords(grant.route)}) ended: ${what}.`;
}
