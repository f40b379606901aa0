import { heldOutcome, pushLine } from "../git/push-words.ts";
import { outcomeWords, subjectOf, toolWords } from "../proposals/words.ts";
import type { InboxItem } from "./inbox-items.ts";
import { waits } from "./inbox-items.ts";

/** What kind of thing it is, in the list's first line. */
export function itemTitle(item: InboxItem): string {
  if (item.kind === "proposal") return toolWords[item.proposal.tool];
  return item.kind === "held-push" ? "Held push" : "Refused push";
}

/** How it ended, for screen readers before the title and in the second line of what is over. */
export function itemOutcome(item: InboxItem): string {
  if (item.kind === "proposal") return outcomeWords(item.proposal);
  return item.kind === "held-push" ? heldOutcome(item.held) : item.refused.push.verdict;
}

/** The list's second line, after the bottle; holds the agent's words. */
export function itemLine(item: InboxItem): string {
  if (item.kind === "refused-push") return pushLine(item.refused.push);
  if (item.kind === "held-push") return waits(item) ? pushLine(item.held.push) : `${item.held.push.repo} · ${itemOutcome(item)}`;
  const subject = subjectOf(item.proposal.request);
  return waits(item) ? subject : `${subject} · ${itemOutcome(item)}`;
}
