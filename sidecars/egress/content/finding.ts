import type { ContentFinding } from "#common/domain/decision.ts";
import type { Refusal } from "../policy/refusal.ts";
import { refuse } from "../policy/refusal.ts";
import { OWN_SECRET } from "./secret-detectors.ts";

/** Content that cannot be read for the scan; the operator may let it pass on a route like a finding. */
export const UNREADABLE = "unreadable-body";

/** Refused with what was found, and with the agent's way to a false alarm's end (DLP-2). Nothing of it holds more than is told. */
export function refuseFinding(host: string, finding: ContentFinding): Refusal {
  const { rule, part, place } = finding;
  const where = part === "body" ? "the body" : part === "header" ? `the header field ${place}` : `the ${part}`;
  const what =
    rule === OWN_SECRET
      ? "a credential of this bottle that only egress may send"
      : `what looks like a credential (rule ${rule}, ${finding.excerpt})`;
  return { ...refuse("dlp", `${where} holds ${what}`), finding, nextStep: nextStep(host, rule) };
}

export function refuseUnreadable(host: string, why: string): Refusal {
  const finding: ContentFinding = { rule: UNREADABLE, part: "body", place: "content-encoding", excerpt: "" };
  return {
    ...refuse("dlp", `the body cannot be scanned for credentials: ${why} (rule ${UNREADABLE})`),
    finding,
    nextStep: nextStep(host, UNREADABLE),
  };
}

function nextStep(host: string, rule: string): string {
  if (rule === OWN_SECRET) return "Nothing can let it pass: tell the operator where it came from, and do not send it in another form";
  return `If it is no secret, ask with the supervise tool pipelock-block (host "${host}", allow_findings ["${rule}"]); never send it in another form`;
}

/** Shorter ones would be half told by four characters. */
const TOLD_FROM = 20;
const TOLD = 4;

/** What the operator sees of a credential: how it begins, which is public for nearly all kinds, and about how long it is. */
export function excerptOf(rule: string, secret: string): string {
  const told = rule === OWN_SECRET || secret.length < TOLD_FROM ? "" : secret.slice(0, TOLD).replace(/[^\x21-\x7e]/g, "?");
  return `${told}…, ${lengthClass(secret.length)} characters`;
}

function lengthClass(length: number): string {
  if (length < TOLD_FROM) return "fewer than 20";
  if (length < 50) return "20 to 49";
  return length < 200 ? "50 to 199" : "200 or more";
}
