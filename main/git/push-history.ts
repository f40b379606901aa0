import { createHash } from "node:crypto";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { HeldPush, PushDecision, PushRecord } from "#common/domain/git.ts";
import type { Slug } from "#common/domain/names.ts";
import type { NumberedEvent } from "#common/wire/control.ts";

/** A push as its bottle's events tell it. */
interface ToldPush {
  /** As it was told first: a push that was held names what was held. */
  readonly first: PushRecord;
  readonly last: PushRecord;
  readonly decision: PushDecision | null;
}

/** The events that a bottle's record of pushes is made of. */
export function pushEvents(events: readonly NumberedEvent[]): NumberedEvent[] {
  return events.filter(({ event }) => event.type === "push" || event.type === "push-decided");
}

/** A bottle's pushes, newest first, each as it ended. */
export function pushHistory(events: readonly NumberedEvent[]): PushRecord[] {
  return toldPushes(events).map(({ last, decision }) =>
    decision === null || last.verdict !== "held" ? last : decidedRecord(last, decision),
  );
}

/** Pushes that were refused or failed without the operator, newest first. */
export function refusedPushes(events: readonly NumberedEvent[]): PushRecord[] {
  return toldPushes(events).flatMap(({ first, last, decision }) =>
    decision === null && first.verdict !== "held" && (last.verdict === "refused" || last.verdict === "failed") ? [last] : [],
  );
}

/**
 * Pushes that were held and wait no more. `ended`: their gate cannot be asked any more, so what was not decided is decided by
 * nobody now; while there is a gate, it tells itself what it holds.
 */
export function heldPushes(slug: Slug, events: readonly NumberedEvent[], ended: boolean): HeldPush[] {
  return toldPushes(events).flatMap(({ first, last, decision }) => {
    if (first.verdict !== "held" || (!ended && decision === null && last.verdict === "held")) return [];
    const digest = createHash("sha256").update(canonicalJson(first)).digest("hex");
    return [{ slug, push: first, digest, status: decision?.verdict ?? "withdrawn", decision }];
  });
}

/** Held pushes that wait, as far as these events tell. */
export function countHeld(events: readonly NumberedEvent[]): number {
  return toldPushes(events).filter(({ last, decision }) => last.verdict === "held" && decision === null).length;
}

function toldPushes(events: readonly NumberedEvent[]): ToldPush[] {
  const pushes = new Map<string, ToldPush>();
  for (const { event } of events) {
    if (event.type === "push") {
      const known = pushes.get(event.push.id);
      pushes.set(event.push.id, { first: known?.first ?? event.push, last: event.push, decision: known?.decision ?? null });
    }
    const known = event.type === "push-decided" ? pushes.get(event.pushId) : undefined;
    if (event.type === "push-decided" && known !== undefined) pushes.set(event.pushId, { ...known, decision: event.decision });
  }
  return [...pushes.values()].reverse();
}

function decidedRecord(push: PushRecord, { verdict, by, note }: PushDecision): PushRecord {
  const said = note === "" ? "" : `: ${note}`;
  return { ...push, verdict, reason: `${verdict === "forwarded" ? "let pass" : "refused"} by ${by}${said}`.slice(0, 1000) };
}
