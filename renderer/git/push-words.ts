import type { HeldPush, PushRecord, PushRule, RefUpdate } from "#common/domain/git.ts";
import { formatCount, plural } from "../ui/format.ts";
import type { Status } from "../ui/shape.tsx";

const rules: Record<PushRule, { short: string; long: string }> = {
  clean: { short: "clean", long: "Nothing was found in what it adds, and the upstream took it." },
  "nothing-new": { short: "nothing new", long: "It adds nothing that the upstream does not have." },
  finding: { short: "secret found", long: "The scan found something in what the push adds that looks like a credential." },
  review: { short: "review", long: "This repository is set to have every push looked at before it leaves." },
  "scan-failed": { short: "scan failed", long: "The scan did not come to an end, so nothing was let through." },
  "force-not-allowed": { short: "force", long: "It rewrites history; the bottle's entry for this repository does not say allow_force." },
  "delete-not-allowed": { short: "delete", long: "It deletes a ref; the bottle's entry for this repository does not say allow_delete." },
  "ref-not-allowed": { short: "ref", long: "Only branches and tags can be pushed through the gate." },
  "object-check": { short: "object check", long: "Git found objects that are malformed." },
  limit: { short: "limit", long: "It is larger than the gate's limits." },
  "key-missing": { short: "no key", long: "The gate has no key for the upstream: it comes when a panel or command line connects." },
  "host-key": { short: "host key", long: "The upstream showed another host key than the one pinned in the bottle's manifest." },
  "upstream-unreachable": { short: "unreachable", long: "The upstream did not answer in time." },
  "upstream-refused": { short: "upstream refused", long: "The upstream took none of the refs." },
  "upstream-moved": { short: "upstream moved", long: "Somebody else pushed to the same ref meanwhile." },
  interrupted: { short: "interrupted", long: "The client went away before the push was complete." },
};

export function pushRuleText(rule: PushRule): { short: string; long: string } {
  return rules[rule];
}

/** `refs/heads/main` as people say it. */
export function refName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, "");
}

const updates: Record<RefUpdate["kind"], string> = { create: "new", update: "", force: "rewritten", delete: "deleted" };

export function refWords(update: RefUpdate): string {
  const tag = update.ref.startsWith("refs/tags/") ? "tag " : "";
  return [`${tag}${refName(update.ref)}`, updates[update.kind]].filter((word) => word !== "").join(", ");
}

/** `main and 2 more`: what a push is about, in one line. */
export function refsWords(push: PushRecord): string {
  const [first] = push.refs;
  if (first === undefined) return "no refs";
  return push.refCount === 1 ? refWords(first) : `${refWords(first)} and ${formatCount(push.refCount - 1)} more`;
}

/** `main, 3 commits, 1 finding`. */
export function pushLine(push: PushRecord): string {
  const counts = [
    push.commitCount > 0 ? plural(push.commitCount, "commit") : "",
    push.findingCount > 0 ? plural(push.findingCount, "finding") : "",
  ];
  return [refsWords(push), ...counts].filter((word) => word !== "").join(", ");
}

export function verdictStatus(verdict: PushRecord["verdict"]): Status {
  return ({ forwarded: "running", held: "needs-you", refused: "failed", failed: "failed" } as const)[verdict];
}

export function heldOutcome(held: HeldPush): string {
  return ({ held: "waiting", forwarded: "forwarded", refused: "refused", withdrawn: "withdrawn" } as const)[held.status];
}
