import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import { Card } from "../ui/card.tsx";
import { InertText } from "../ui/inert-text.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { ChangeView } from "./change/change-view.tsx";
import { fileName } from "./words.ts";

interface WriteBackProps {
  offer: NonNullable<ProposalView["writeBack"]>;
  writes: boolean;
  onWrites: (writes: boolean) => void;
}

/** Beside the bottle that runs, the bottles to come: the manifest's change, to be looked at before it is ticked. */
export function WriteBack({ offer, writes, onWrites }: WriteBackProps) {
  const name = fileName(offer.file);
  return (
    <Card
      title={
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={writes}
            onChange={(event) => onWrites(event.target.checked)}
            aria-keyshortcuts="W"
            className="accent-accent"
          />
          Also write to <span className="data">{name}</span>
        </label>
      }
      aside={<Kbd>W</Kbd>}
    >
      <details open={writes}>
        <summary className="px-3 py-1.5 text-dim select-none hover:text-text">What would change in the file</summary>
        <div className="border-t border-line">
          <ChangeView before={offer.before} after={offer.after} language="yaml" label={`Change of ${name}`} />
        </div>
      </details>
    </Card>
  );
}

/** Why the manifest cannot be changed with the approval. */
export function NoWriteBack({ problem }: { problem: string }) {
  return (
    <p className="text-sm text-faint">
      The bottle's manifest stays as it is: <InertText text={problem} />
    </p>
  );
}
