import { useRef, useState } from "react";
import type { Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import { bottleView, hrefOf } from "../app/location.ts";
import { Age } from "../ui/age.tsx";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";
import { Tag } from "../ui/tag.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { WarningList } from "../ui/warning-list.tsx";
import { AgentWords } from "./agent-words.tsx";
import { ApplyingCard } from "./applying-card.tsx";
import { ChangeCard } from "./change/change-view.tsx";
import { DecisionBar } from "./decision-bar.tsx";
import { draftOf } from "./edit/edit-draft.ts";
import { EditForm } from "./edit/edit-form.tsx";
import { FailedAttempt } from "./failed-attempt.tsx";
import { ReplayCard } from "./replay-card.tsx";
import { scopeChoices, scopeOf } from "./scopes.ts";
import { SimilarCard } from "./similar-card.tsx";
import { StaleNote } from "./stale-note.tsx";
import type { Review } from "./use-review.ts";
import { useReview } from "./use-review.ts";
import { NoWriteBack, WriteBack } from "./write-back.tsx";

/** Where the change is made, and what it is called there. */
const places = {
  "egress-route": { place: "egress.routes", label: "Change of the routes" },
  pipelock: { place: "egress.routes", label: "Change of the routes" },
  capability: { place: "Dockerfile", label: "Change of the image" },
} as const;

function credentialWords(request: ProposalRequest): string {
  if (request.kind !== "egress-route") return "";
  return request.auth ? ` · ${request.auth.tokenRef} is attached` : " · no credential is attached";
}

function Headline({ view, review }: { view: ProposalView; review: Review }) {
  return (
    <header>
      <h2 className="max-w-3xl text-xl font-semibold text-balance" aria-live="polite">
        <InertText text={view.sentence} />
      </h2>
      <p className="pt-1 text-faint">
        computed from the change against revision <span className="data">{view.liveRevision}</span>
        {credentialWords(review.request)} · asked <Age since={view.proposal.createdAt} /> ago by{" "}
        <a href={hrefOf(bottleView(view.proposal.slug))} className="text-dim underline underline-offset-2 hover:text-text">
          {view.proposal.slug}
        </a>
        {view.similar.length === 0 ? " · nothing like it was decided before" : ""}
      </p>
    </header>
  );
}

function Body({ view, review }: { view: ProposalView; review: Review }) {
  const { place, label } = places[review.request.kind];
  return (
    <>
      {review.stale ? <StaleNote stale={review.stale} view={view} onRead={review.acknowledge} /> : null}
      {view.blocked ? <Note tone="warn" title={<InertText text={view.blocked} />} /> : null}
      <WarningList warnings={view.warnings} />
      <ChangeCard
        title={
          <>
            Change <Tag mono>{place}</Tag> {review.draft ? <Tag tone="accent">edited by you</Tag> : null}
          </>
        }
        above={
          review.draft ? <EditForm draft={review.draft} problems={review.problems} error={review.error} onChange={review.setDraft} /> : null
        }
        before={view.before}
        after={view.after}
        language={view.language}
        label={label}
      />
      {review.scope?.kind === "for-good" && view.writeBack ? (
        <WriteBack offer={view.writeBack} writes={review.writesBack} onWrites={review.setWritesBack} />
      ) : null}
      {view.writeBackProblem && (review.scope?.kind === "for-good" || !view.scopes.includes("for-good")) ? (
        <NoWriteBack problem={view.writeBackProblem} />
      ) : null}
      {view.replay ? <ReplayCard replay={view.replay} /> : null}
      <SimilarCard similar={view.similar} />
      <AgentWords text={view.proposal.justification} />
    </>
  );
}

function useReviewKeys(review: Review, note: string, toggleEdit: () => void, toNote: () => void): void {
  const scopes = scopeChoices.filter(({ kind }) => review.view?.scopes.includes(kind));
  useKeys({
    a: () => review.approve(note),
    e: toggleEdit,
    r: () => review.reject(note),
    w: () => review.setWritesBack(!review.writesBack),
    ".": toNote,
    ...Object.fromEntries(scopes.map(({ kind, hotkey }) => [hotkey, () => review.setScope(scopeOf(kind))])),
  });
}

/** A pending proposal: what would become possible, on what ground, and the decision. */
export function ProposalReview({ proposal }: { proposal: Proposal }) {
  const review = useReview(proposal);
  const [note, setNote] = useState("");
  const noteField = useRef<HTMLInputElement>(null);
  const toggleEdit = () => {
    if (!review.deciding) review.setDraft(review.draft ? null : draftOf(proposal.request));
  };
  useReviewKeys(review, note, toggleEdit, () => noteField.current?.focus());
  const { view, applying } = review;
  return (
    <article aria-label="Proposal" tabIndex={-1} className="flex min-h-0 grow flex-col outline-none">
      <div className="flex min-h-0 grow flex-col gap-3.5 overflow-y-auto px-6 py-5">
        {view ? <Headline view={view} review={review} /> : null}
        {review.error && !review.draft ? <FailureNote error={review.error} /> : null}
        {applying ? <ApplyingCard applying={applying} /> : <FailedAttempt proposal={proposal} review={review} />}
        {view ? <Body view={view} review={review} /> : null}
      </div>
      <DecisionBar review={review} note={note} setNote={setNote} noteField={noteField} onEdit={toggleEdit} />
    </article>
  );
}
