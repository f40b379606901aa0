import { OperatorError } from "#common/domain/operator-error.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import { backOff } from "../sidecars/back-off.ts";
import type { BundleLink } from "../sidecars/bundle-link.ts";
import type { ControlClient } from "../sidecars/control-client.ts";

const CONNECT_MS = 30_000;
/** Some seconds: how long a bundle may take to notice that our last connection is gone, and with it that claim. */
const MAX_TRIES = 8;

/**
 * A proposal that is ours to decide while its approval is carried out. A claim is its connection's: it is taken again on each new
 * one, and where somebody decides in between, `lost` aborts.
 */
export class HeldClaim implements Disposable {
  readonly #link: BundleLink;
  readonly #proposal: Proposal;
  readonly #lost = new AbortController();
  readonly #listening: Disposable;

  private constructor(link: BundleLink, proposal: Proposal) {
    this.#link = link;
    this.#proposal = proposal;
    this.#listening = link.changed.subscribe((parts) => {
      if (parts.has("proposals")) this.#look();
      if (parts.has("link") && link.state === "connected") void this.#claim().catch(() => undefined);
    });
  }

  static async take(link: BundleLink, proposal: Proposal): Promise<HeldClaim> {
    const claim = new HeldClaim(link, proposal);
    try {
      await claim.#claim();
      return claim;
    } catch (error) {
      claim[Symbol.dispose]();
      throw error;
    }
  }

  /** Aborts when the proposal is not open any more. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Resolves where the proposal is open and ours at this moment; to be asked before what cannot be taken back. */
  async confirm(): Promise<void> {
    for (let tries = 1; ; tries++) {
      this.#lost.signal.throwIfAborted();
      try {
        return await this.#claim();
      } catch (error) {
        const held = error instanceof OperatorError && error.code === "already-decided";
        if (!held || tries >= MAX_TRIES) throw error;
      }
      await backOff(tries, Math.random, this.#lost.signal);
    }
  }

  /** Leaves the proposal to whoever decides it next. */
  async release(): Promise<void> {
    this[Symbol.dispose]();
    await this.#request(await this.#link.connected(CONNECT_MS), false);
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  async #claim(): Promise<void> {
    await this.#request(await this.#link.connected(CONNECT_MS), true);
  }

  async #request(client: ControlClient, held: boolean): Promise<void> {
    await client.request({ type: "claim-proposal", proposalId: this.#proposal.id, digest: this.#proposal.digest, held });
  }

  #look(): void {
    const { id, slug } = this.#proposal;
    const now = this.#link.view?.proposals.find((each) => each.id === id);
    if (now !== undefined && now.status !== "pending") this.#lost.abort(decidedMeanwhile(id, slug, now.decision?.by));
  }
}

function decidedMeanwhile(id: string, slug: string, by = "somebody else"): OperatorError {
  return new OperatorError("already-decided", {
    message: `${id} was decided by ${by} while its image was built; the agent of ${slug} goes on as it was`,
    hint: "See the audit log for the decision",
  });
}
