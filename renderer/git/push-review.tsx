import type { RefObject } from "react";
import { useId, useRef, useState } from "react";
import type { HeldPush, PushFinding } from "#common/domain/git.ts";
import { bottleView, hrefOf } from "../app/location.ts";
import { Age } from "../ui/age.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { NoteField } from "../ui/note-field.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { WarningList } from "../ui/warning-list.tsx";
import { FindingLine, findingPlace } from "./findings.tsx";
import { PushCommits, PushRefs } from "./push-facts.tsx";
import { PushFiles } from "./push-files.tsx";
import type { PushReview } from "./use-push-review.ts";
import { usePushReview } from "./use-push-review.ts";

function Headline({ held, review }: { held: HeldPush; review: PushReview }) {
  return (
    <header>
      <h2 className="max-w-3xl text-xl font-semibold text-balance" aria-live="polite">
        <InertText text={review.view?.sentence ?? `A push to ${held.push.repo} waits for you.`} />
      </h2>
      <p className="pt-1 text-faint">
        {held.push.rule === "review" ? "every push to this repository is reviewed" : "held because of what the scan found"} · pushed{" "}
        <Age since={held.push.time} /> ago by{" "}
        <a href={hrefOf(bottleView(held.slug, "git"))} className="text-dim underline underline-offset-2 hover:text-text">
          {held.slug}
        </a>
      </p>
    </header>
  );
}

function FindingChoice({ finding, review }: { finding: PushFinding; review: PushReview }) {
  return (
    <li className="border-b border-line/60 px-3 py-2 last:border-b-0">
      <label className="flex items-start gap-3">
        <input
          type="checkbox"
          className="mt-1 accent-accent"
          checked={review.allowed.has(finding.fingerprint)}
          onChange={() => review.toggle(finding.fingerprint)}
          aria-label={`Let pass once: ${finding.rule} in ${findingPlace(finding)}`}
        />
        <FindingLine finding={finding} />
      </label>
    </li>
  );
}

function Findings({ held, review }: { held: HeldPush; review: PushReview }) {
  const { findings, findingCount } = held.push;
  if (findingCount === 0) return null;
  return (
    <Card
      title={<b className="font-semibold text-bad">{plural(findingCount, "finding")}</b>}
      aside={<span className="text-sm text-faint">ticked ones pass this once, and only in this push</span>}
    >
      <ul aria-label="Findings">
        {findings.map((finding) => (
          <FindingChoice key={finding.fingerprint} finding={finding} review={review} />
        ))}
      </ul>
    </Card>
  );
}

function Body({ held, review }: { held: HeldPush; review: PushReview }) {
  const { view } = review;
  return (
    <>
      {view?.blocked ? <Note tone="warn" title={view.blocked} /> : null}
      <WarningList warnings={view?.warnings ?? []} />
      <Findings held={held} review={review} />
      <Card title="Refs at the upstream">
        <PushRefs push={held.push} />
      </Card>
      <PushCommits push={held.push} />
      {view ? <PushFiles files={view.files} cut={view.cut} findings={held.push.findings} /> : null}
    </>
  );
}

interface PushBarProps {
  review: PushReview;
  note: string;
  setNote: (note: string) => void;
  noteField: RefObject<HTMLInputElement | null>;
  onDecide: (verdict: "forward" | "refuse") => void;
}

function PushBar({ review, note, setNote, noteField, onDecide }: PushBarProps) {
  const reason = useId();
  return (
    <div className="flex flex-wrap items-center gap-2.5 border-t border-line bg-ground px-6 pt-3 pb-1.5">
      <Button
        variant="primary"
        hotkey="A"
        disabled={review.obstacle !== null || review.deciding}
        aria-describedby={reason}
        onClick={() => onDecide("forward")}
      >
        {review.allowed.size > 0 ? "Allow and forward" : "Forward"}
      </Button>
      <Button variant="danger" hotkey="R" disabled={review.deciding} onClick={() => onDecide("refuse")}>
        Refuse
      </Button>
      <NoteField note={note} onNote={setNote} field={noteField} />
      <p id={reason} role="status" className="min-h-4.5 w-full text-sm text-faint">
        {review.deciding ? "Forwarding, and waiting until the upstream has it…" : review.obstacle}
      </p>
    </div>
  );
}

/** A push that waits: what it would change upstream, what was found in it, and the decision (GIT-6). */
export function PushReviewPane({ held }: { held: HeldPush }) {
  const review = usePushReview(held);
  const [note, setNote] = useState("");
  const noteField = useRef<HTMLInputElement>(null);
  const decide = (verdict: "forward" | "refuse") => review.decide(verdict, note);
  useKeys({ a: () => decide("forward"), r: () => decide("refuse"), ".": () => noteField.current?.focus() });
  return (
    <article aria-label="Held push" className="flex min-h-0 grow flex-col">
      <div className="flex min-h-0 grow flex-col gap-3.5 overflow-y-auto px-6 py-5">
        <Headline held={held} review={review} />
        {review.error ? <FailureNote error={review.error} /> : null}
        {review.decisionError ? <FailureNote error={review.decisionError} /> : null}
        <Body held={held} review={review} />
      </div>
      <PushBar review={review} note={note} setNote={setNote} noteField={noteField} onDecide={decide} />
    </article>
  );
}
