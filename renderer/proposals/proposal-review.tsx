import { useRef, useState } from "react";
import type { Proposal } from "#common/domain/proposal.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import { bottleView, hrefOf } from "../app/location.ts";
import { Age } from "../ui/age.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";
import { Tag } from "../ui/tag.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { WarningList } from "../ui/warning-list.tsx";
import { AgentWords } from "./agent-words.tsx";
import { DecisionBar } from "./decision-bar.tsx";
import { DiffView } from "./diff-view.tsx";
import { draftOf } from "./edit-draft.ts";
import { EditForm } from "./edit-form.tsx";
import { ReplayCard } from "./replay-card.tsx";
import type { Review } from "./use-review.ts";
import { useReview } from "./use-review.ts";

function credentialWords(view: ProposalView, review: Review): string {
  const auth = review.draft ? (review.draft.scheme === "none" ? null : { tokenRef: review.draft.tokenRef }) : view.proposal.request.auth;
  return auth ? `${auth.tokenRef || "a credential"} is attached` : "no credential is attached";
}

function Headline({ view, review }: { view: ProposalView; review: Review }) {
  return (
    <header>
      <h2 className="max-w-3xl text-xl font-semibold text-balance" aria-live="polite">
        <InertText text={view.sentence} />
      </h2>
      <p className="pt-1 text-faint">
        computed from the change against revision <span className="data">{view.liveRevision}</span> · {credentialWords(view, review)} ·
        asked <Age since={view.proposal.createdAt} /> ago by{" "}
        <a href={hrefOf(bottleView(view.proposal.slug))} className="text-dim underline underline-offset-2 hover:text-text">
          {view.proposal.slug}
        </a>
      </p>
    </header>
  );
}

function StaleNote({ stale, view, onRead }: { stale: ProposalView; view: ProposalView; onRead: () => void }) {
  return (
    <Card
      title={
        <b className="font-semibold text-warn">
          The live routes changed while you were reading: revision {stale.liveRevision} → {view.liveRevision}
        </b>
      }
      aside={
        <Button variant="primary" onClick={onRead}>
          I have read it
        </Button>
      }
    >
      <DiffView before={stale.before} after={view.before} label="Change of the live routes" />
    </Card>
  );
}

function Body({ view, review }: { view: ProposalView; review: Review }) {
  return (
    <>
      {review.stale ? <StaleNote stale={review.stale} view={view} onRead={review.acknowledge} /> : null}
      {view.blocked ? <Note tone="warn" title={view.blocked} /> : null}
      <WarningList warnings={view.warnings} />
      <Card
        title={
          <>
            Change <Tag mono>egress.routes</Tag> {review.draft ? <Tag tone="accent">edited by you</Tag> : null}
          </>
        }
      >
        {review.draft ? <EditForm draft={review.draft} problems={review.problems} onChange={review.setDraft} /> : null}
        <DiffView before={view.before} after={view.after} label="Change of the routes" />
      </Card>
      <ReplayCard replay={view.replay} />
      <AgentWords text={view.proposal.justification} />
    </>
  );
}

/** A pending proposal: what would become possible, on what ground, and the decision. */
export function ProposalReview({ proposal }: { proposal: Proposal }) {
  const review = useReview(proposal);
  const [note, setNote] = useState("");
  const noteField = useRef<HTMLInputElement>(null);
  const toggleEdit = () => review.setDraft(review.draft ? null : draftOf(proposal.request));
  const decide = (verdict: "approve" | "reject") => review.decide(verdict, note);
  useKeys({ a: () => decide("approve"), e: toggleEdit, r: () => decide("reject"), ".": () => noteField.current?.focus() });
  return (
    <article aria-label="Proposal" className="flex min-h-0 grow flex-col">
      <div className="flex min-h-0 grow flex-col gap-3.5 overflow-y-auto px-6 py-5">
        {review.view ? <Headline view={review.view} review={review} /> : null}
        {review.error ? <FailureNote error={review.error} /> : null}
        {review.decisionError ? <FailureNote error={review.decisionError} /> : null}
        {review.view ? <Body view={review.view} review={review} /> : null}
      </div>
      <DecisionBar review={review} note={note} setNote={setNote} noteField={noteField} onEdit={toggleEdit} onDecide={decide} />
    </article>
  );
}
