import { OperatorError } from "#common/domain/operator-error.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { Logger } from "../platform/logger.ts";
import type { ControlClient } from "../sidecars/control-client.ts";
import type { LinkPool } from "../sidecars/link-pool.ts";
import { tableAt } from "../sidecars/table-at.ts";
import type { ApplyingBoard } from "./applying-board.ts";
import type { CapabilityPort } from "./capability-port.ts";
import { HeldClaim } from "./held-claim.ts";

export interface CapabilityApprovalDeps {
  readonly links: LinkPool;
  readonly board: ApplyingBoard;
  readonly port: CapabilityPort;
  readonly logger: Logger;
}

type Decide = (client: ControlClient, live: RouteTable) => Promise<Proposal>;

const CONNECT_MS = 30_000;
/** The table can change while an image is built; what is decided upon is what it is then, which an image does not touch. */
const MAX_TRIES = 5;
const REPEATED: ReadonlySet<string> = new Set(["stale-revision", "already-decided"]);
const NEWS_MS = 2_000;
const MAX_MESSAGE = 4000;
/** What the Dockerfile, its build, its image or the agent's own home is the reason of. */
const AGENTS_TO_KNOW: ReadonlySet<string> = new Set(["image-missing", "start-failed", "bad-input", "unsupported"]);

/**
 * An approval that takes minutes (SUP-5): the proposal is claimed, so that nobody decides it meanwhile; the image is built and
 * the agent moved to it; only then it is decided. Where that fails the agent is told, and the proposal stays open.
 */
export class CapabilityApproval {
  readonly #deps: CapabilityApprovalDeps;

  constructor(deps: CapabilityApprovalDeps) {
    this.#deps = deps;
  }

  /** While it is carried out here, not even this client decides otherwise. */
  requireIdle(id: string): void {
    if (!this.#deps.board.has(id)) return;
    throw new OperatorError("conflict", { message: `${id} is being carried out already`, hint: "Wait for it, or cancel it" });
  }

  async run(proposal: Proposal, dockerfile: string, decide: Decide): Promise<Proposal> {
    const { board, links, port } = this.#deps;
    this.requireIdle(proposal.id);
    return board.run(proposal.id, proposal.slug, async (progress, signal) => {
      using claim = await HeldClaim.take(links.get(proposal.slug), proposal);
      try {
        const stop = AbortSignal.any([signal, claim.lost]);
        await this.#applied(proposal, () => port.apply(proposal.slug, dockerfile, progress, stop, () => claim.confirm()));
        board.commit(proposal.id);
        return await this.#decided(proposal, decide, claim);
      } catch (error) {
        await claim.release().catch((failure: unknown) => this.#note("claim-not-released", proposal, failure));
        throw error;
      }
    });
  }

  async #applied(proposal: Proposal, apply: () => Promise<void>): Promise<void> {
    try {
      await apply();
    } catch (error) {
      // The operator's own doing, here or elsewhere, is no failure that an agent should mend.
      const ours = error instanceof OperatorError && (error.code === "cancelled" || error.code === "already-decided");
      if (!ours) await this.#report(proposal, error).catch((failure: unknown) => this.#note("failure-not-told", proposal, failure));
      throw error;
    }
  }

  async #decided(proposal: Proposal, decide: Decide, claim: HeldClaim): Promise<Proposal> {
    const { id, slug } = proposal;
    for (let tries = 1; ; tries++) {
      const { client, live } = await this.#connected(slug);
      try {
        return await decide(client, live);
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
        if (tries >= MAX_TRIES || !REPEATED.has(error.code)) throw error;
        // A refusal comes before the news that explains it; without them the next try tells.
        if (error.code === "stale-revision") await tableAt(this.#deps.links.get(slug), live.revision + 1, NEWS_MS);
        // The claim is the connection's: while that was lost, somebody else was free to decide.
        else await claim.confirm().catch(() => Promise.reject(decidedMeanwhile(id, slug, error)));
      }
    }
  }

  async #report({ id: proposalId, digest, slug }: Proposal, error: unknown): Promise<void> {
    const { client } = await this.#connected(slug);
    // Other errors may hold anything of this machine, such as paths, which is not the agent's to know.
    const message =
      error instanceof OperatorError && AGENTS_TO_KNOW.has(error.code)
        ? error.message
        : "It could not be applied; the operator has been told why.";
    await client.request({ type: "report-failure", proposalId, digest, message: message.slice(0, MAX_MESSAGE) });
  }

  async #connected(slug: string): Promise<{ client: ControlClient; live: RouteTable }> {
    const link = this.#deps.links.get(slug);
    const client = await link.connected(CONNECT_MS);
    return { client, live: link.view?.table ?? client.snapshot.table };
  }

  #note(event: string, { id }: Proposal, error: unknown): void {
    this.#deps.logger.log("warn", event, { proposal: id, error });
  }
}

function decidedMeanwhile(id: string, slug: string, cause: OperatorError): OperatorError {
  return new OperatorError("already-decided", {
    message: `${id} was decided by somebody else while its image was built, and the agent of ${slug} runs on that image now`,
    hint: "See the audit log for who decided; stop the bottle if the image is not wanted",
    cause,
  });
}
