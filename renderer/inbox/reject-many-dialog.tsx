import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { RefObject } from "react";
import { useRef, useState } from "react";
import type { Proposal } from "#common/domain/proposal.ts";
import { requestWords, toolWords } from "../proposals/words.ts";
import { Button } from "../ui/button.tsx";
import { plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";
import { useRejectMany } from "./use-reject-many.ts";

function Going({ proposals }: { proposals: readonly Proposal[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it can be scrolled by keys only in the focus
    <ul aria-label="Rejected with this" tabIndex={0} className="max-h-56 overflow-y-auto rounded-md border border-line bg-ground py-1">
      {proposals.map((proposal) => (
        <li key={proposal.id} className="px-3 py-1 [contain-intrinsic-size:auto_1.75rem] [content-visibility:auto]">
          <span className="font-medium">{toolWords[proposal.tool]}</span>{" "}
          <span className="text-dim">
            <InertText text={requestWords(proposal.request)} />
          </span>{" "}
          <span className="text-sm text-faint">{proposal.slug}</span>
        </li>
      ))}
    </ul>
  );
}

function Failures({ failed }: { failed: readonly { id: string; problem: string }[] }) {
  return (
    <Note
      tone="bad"
      title={`${plural(failed.length, "proposal")} could not be rejected and ${failed.length === 1 ? "is" : "are"} as before`}
    >
      <ul aria-label="Not rejected" className="max-h-40 overflow-y-auto">
        {failed.map(({ id, problem }) => (
          <li key={id}>
            <span className="data">{id}</span>: <InertText text={problem} />
          </li>
        ))}
      </ul>
    </Note>
  );
}

interface RejectManyProps {
  proposals: readonly Proposal[];
  onClose: () => void;
  onDone: (rejected: readonly string[], failed: readonly string[]) => void;
}

function Contents({ proposals, noteField, onClose, onDone }: RejectManyProps & { noteField: RefObject<HTMLTextAreaElement | null> }) {
  const [note, setNote] = useState("");
  const { reject, rejecting, error, failed } = useRejectMany(onDone);
  const count = proposals.length;
  return (
    <>
      <AlertDialog.Title className="text-lg font-semibold">Reject {plural(count, "proposal")}?</AlertDialog.Title>
      <AlertDialog.Description className="text-dim">Each agent is told so, with your note. Nothing opens.</AlertDialog.Description>
      <Going proposals={proposals} />
      {error ? <FailureNote error={error} /> : null}
      {failed.length > 0 ? <Failures failed={failed} /> : null}
      <label className="flex flex-col gap-1">
        <span className="text-dim">One note for all</span>
        <textarea
          ref={noteField}
          rows={2}
          maxLength={4000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          className="field h-auto resize-y py-1"
        />
      </label>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep them open</Button>
        <Button variant="danger" disabled={rejecting || count === 0} onClick={() => reject(proposals, note)}>
          {rejecting ? "Rejecting…" : `Reject ${count}`}
        </Button>
      </div>
    </>
  );
}

/** Names everything that goes, then rejects it with one note; what could not be rejected is named and stays. */
export function RejectManyDialog({ open, ...contents }: RejectManyProps & { open: boolean }) {
  const noteField = useRef<HTMLTextAreaElement>(null);
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => (next ? undefined : contents.onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 bg-backdrop" />
        <AlertDialog.Viewport className="fixed inset-0 flex items-start justify-center px-4 py-[9vh]">
          <AlertDialog.Popup
            initialFocus={noteField}
            className="flex w-full max-w-xl flex-col gap-3 rounded-lg border border-line bg-panel p-5 shadow-float outline-none"
          >
            <Contents {...contents} noteField={noteField} />
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
