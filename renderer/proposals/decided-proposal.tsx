import type { Proposal } from "#common/domain/proposal.ts";
import { bottleView, hrefOf } from "../app/location.ts";
import { NextThatWaits } from "../inbox/next-that-waits.tsx";
import { Card } from "../ui/card.tsx";
import { formatMoment } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { AgentWords } from "./agent-words.tsx";
import { ChangeCard } from "./change/change-view.tsx";
import { HostileLines } from "./hostile-lines.tsx";
import { outcomeWords, requestWords, scopeWords, subjectOf } from "./words.ts";

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-[8rem_minmax(0,1fr)] border-b border-line/60 px-3 py-1.5 last:border-b-0">
      <dt className="text-faint">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

type Decision = NonNullable<Proposal["decision"]>;

function DecisionFacts({ decision }: { decision: Decision }) {
  const { rule, scope, applied } = decision;
  return (
    <>
      {applied ? (
        <Fact name="Applied">
          <InertText text={requestWords(applied)} />
        </Fact>
      ) : null}
      {scope ? <Fact name="Holds">{scopeWords(scope)}</Fact> : null}
      <Fact name="Decided">
        {formatMoment(decision.decidedAt)}{" "}
        {rule === null ? (
          `by ${decision.by}`
        ) : (
          <>
            by the rule{" "}
            <a href={hrefOf({ name: "rules" })} className="underline underline-offset-2">
              <InertText text={rule} />
            </a>
          </>
        )}
      </Fact>
      <Fact name="Revision">
        {decision.appliedRevision === null
          ? `seen ${decision.seenRevision}, nothing applied`
          : `${decision.seenRevision} → ${decision.appliedRevision}`}
      </Fact>
      <Fact name="Note">{decision.note === "" ? "none" : <InertText text={decision.note} />}</Fact>
    </>
  );
}

/** Of an image the whole file that was asked for, and what the operator made of it. */
function AskedImage({ proposal: { request, decision } }: { proposal: Proposal }) {
  if (request.kind !== "capability") return null;
  const applied = decision?.applied?.kind === "capability" ? decision.applied.dockerfile : request.dockerfile;
  if (applied !== request.dockerfile)
    return <ChangeCard title="What you changed" before={request.dockerfile} after={applied} language="dockerfile" label="Your edit" />;
  return (
    <Card title="Dockerfile as asked">
      <HostileLines lines={request.dockerfile.split("\n")} label="Dockerfile" />
    </Card>
  );
}

/** A proposal of the past: what was asked, what was decided, by whom and why. */
export function DecidedProposal({ proposal, waiting }: { proposal: Proposal; waiting: number }) {
  const { decision } = proposal;
  return (
    <article aria-label="Proposal" tabIndex={-1} className="flex min-h-0 grow flex-col gap-3.5 overflow-y-auto px-6 py-5 outline-none">
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
          {decision ? <DecisionFacts decision={decision} /> : null}
        </dl>
      </Card>
      <AskedImage proposal={proposal} />
      <AgentWords text={proposal.justification} />
      <NextThatWaits waiting={waiting} />
    </article>
  );
}
