import type { Proposal } from "#common/domain/proposal.ts";
import { bottleView, hrefOf } from "../app/location.ts";
import { NextThatWaits } from "../inbox/next-that-waits.tsx";
import { Card } from "../ui/card.tsx";
import { formatMoment } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { AgentWords } from "./agent-words.tsx";
import { outcomeWords, requestWords, subjectOf } from "./words.ts";

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-[8rem_minmax(0,1fr)] border-b border-line/60 px-3 py-1.5 last:border-b-0">
      <dt className="text-faint">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

/** A proposal of the past: what was asked, what was decided, by whom and why. */
export function DecidedProposal({ proposal, waiting }: { proposal: Proposal; waiting: number }) {
  const { decision } = proposal;
  return (
    <article aria-label="Proposal" className="flex min-h-0 grow flex-col gap-3.5 overflow-y-auto px-6 py-5">
      <header>
        <h2 className="text-xl font-semibold">
          <InertText text={subjectOf(proposal.request)} /> was {outcomeWords(proposal)}
        </h2>
        <p className="pt-1 text-faint">
          asked {formatMoment(proposal.createdAt)} by{" "}
          <a href={hrefOf(bottleView(proposal.slug))} className="text-dim underline underline-offset-2 hover:text-text">
            {proposal.slug}
          </a>
        </p>
      </header>
      <Card title="Decision">
        <dl>
          <Fact name="Asked for">
            <InertText text={requestWords(proposal.request)} />
          </Fact>
          {decision?.applied ? (
            <Fact name="Applied">
              <InertText text={requestWords(decision.applied)} />
            </Fact>
          ) : null}
          {decision ? <Fact name="Decided">{`${formatMoment(decision.decidedAt)} by ${decision.by}`}</Fact> : null}
          {decision ? (
            <Fact name="Revision">
              {decision.appliedRevision === null
                ? `seen ${decision.seenRevision}, nothing applied`
                : `${decision.seenRevision} → ${decision.appliedRevision}`}
            </Fact>
          ) : null}
          <Fact name="Note">{decision?.note || "none"}</Fact>
        </dl>
      </Card>
      <AgentWords text={proposal.justification} />
      <NextThatWaits waiting={waiting} />
    </article>
  );
}
