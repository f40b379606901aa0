/** A decrypted connection of the agent, whatever protocol it speaks. */
export interface AgentConnection {
  /** Whether an exchange is under way. */
  readonly busy: boolean;
  /** Whether it ever asked for something that was allowed. */
  readonly served: boolean;
  /** Monotonic; since when nothing is under way. */
  readonly idleSince: number;
  /** Ends what is overdue; called every second. */
  sweep(now: number): void;
  /** The live table changed: what it does not allow ends now (EGR-6). */
  recheck(): void;
  /** Ends the connection once nothing is under way. */
  endWhenIdle(): void;
}
