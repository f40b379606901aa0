import type { HeldPush, PushDecision, PushRecord } from "#common/domain/git.ts";

/** Where pushes are recorded: init, which has the bundle's durable state and tells the operator. */
export interface PushJournal {
  /** An id that no other push has; null when it cannot be stored. */
  reserve(): Promise<string | null>;
  /** Resolves once the end of a push is recorded. */
  pushed(push: PushRecord): Promise<void>;
  /** Null once the operator can see it; else why it could not be stored. */
  hold(push: HeldPush): Promise<string | null>;
  /** After a restart: a held push had been forwarded before it. */
  forwarded(pushId: string, decision: PushDecision): void;
  /** A held push can never be forwarded any more. */
  withdrawn(push: PushRecord): void;
}
