/** A client for as long as it is connected: aborted when it is not any more. */
export type Client = AbortSignal;

/**
 * Who carries out which approval right now. In memory only: a client that is gone carries out nothing any more, and a bundle
 * that ended has none.
 */
export class ProposalClaims {
  readonly #holders = new Map<string, Client>();

  /** Why this client must leave the proposal alone, or null. */
  conflict(proposalId: string, client: Client): string | null {
    const holder = this.#holders.get(proposalId);
    return holder === undefined || holder === client ? null : `${proposalId} is being applied by another panel or command line`;
  }

  /** The proposal is this client's until it gives it back, decides or is gone. */
  hold(proposalId: string, client: Client): void {
    if (client.aborted || this.#holders.get(proposalId) === client) return;
    this.#holders.set(proposalId, client);
    client.addEventListener("abort", () => this.giveBack(proposalId, client), { once: true });
  }

  giveBack(proposalId: string, client: Client): void {
    if (this.#holders.get(proposalId) === client) this.#holders.delete(proposalId);
  }

  /** The proposal was decided: nobody carries it out any more. */
  end(proposalId: string): void {
    this.#holders.delete(proposalId);
  }
}
