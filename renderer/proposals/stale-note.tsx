import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import type { ChangeLanguage } from "./change/change-editor.ts";
import { ChangeView } from "./change/change-view.tsx";

/** A live state as text. */
interface LiveText {
  readonly liveRevision: number;
  readonly before: string;
}

interface StaleNoteProps {
  /** As it was read. */
  stale: LiveText;
  /** As it is now. */
  view: LiveText & { readonly language?: ChangeLanguage };
  onRead: () => void;
}

/** The live state is another than the one that was read: what changed, and nothing is approved until it was looked at. */
export function StaleNote({ stale, view, onRead }: StaleNoteProps) {
  const same = stale.before === view.before;
  return (
    <Card
      title={
        <b role="status" className="font-semibold text-warn">
          The live routes changed while you were reading: revision {stale.liveRevision} → {view.liveRevision}
        </b>
      }
      aside={
        <Button variant="primary" onClick={onRead}>
          I have read it
        </Button>
      }
    >
      {same ? (
        <p className="px-3 py-2 text-dim">What would change is the same still.</p>
      ) : (
        <ChangeView before={stale.before} after={view.before} language={view.language ?? "yaml"} label="Change of the live state" />
      )}
    </Card>
  );
}
